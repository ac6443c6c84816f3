//! Sprints: made, started, completed, deleted with what that does to issues (G-11 to G-17).

use super::{Context, issues, search};
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        config::Project,
        failure::{Failure, Result},
        fields::Kind,
        jql::resolve::{Condition, CustomTest},
        sprint::{Board, Input, Sprint, State},
    },
};
use serde_json::json;

/// A sprint of a board that the caller sees, or with an issue that they see.
pub async fn get<'a>(context: &'a Context, id: &str) -> Result<&'a Sprint> {
    let sprint = context.site.sprints.parse(id).ok_or_else(missing)?;
    if is_visible(context, sprint).await? { Ok(sprint) } else { Err(missing()) }
}

/// Whether the caller sees a sprint.
pub async fn is_visible(context: &Context, sprint: &Sprint) -> Result<bool> {
    Ok(board(context, sprint.board_id).is_some() || holds_visible(context, sprint).await?)
}

/// Makes a sprint to come.
pub async fn create(context: &Context, board_id: Option<i64>, input: &Input) -> Result<Sprint> {
    let (context, mut work) = context.begin_alone().await?;
    let board_id =
        board_id.ok_or_else(|| Failure::invalid_field("originBoardId", "The origin board of a sprint is required."))?;
    let (board, project) = board(&context, board_id).ok_or_else(|| {
        Failure::NotFound(
            "The requested board cannot be viewed because it either does not exist or you do not have permission to view it."
                .into(),
        ) // G-4
    })?;
    if board.kind == "kanban" {
        return Err(Failure::invalid("The board does not support sprints")); // G-5
    }
    permit(&context, project)?;
    let blank = Sprint {
        id: 0,
        board_id,
        name: String::new(),
        goal: None,
        state: State::Future,
        created: context.now,
        started: None,
        ends: None,
        completed: None,
    };
    let input = Input { name: Some(input.name.clone().unwrap_or_default()), ..input.clone() };
    let mut sprint = blank.changed(&input, false, context.now).map_err(Failure::Invalid)?;
    sprint.id = work.next_id("sprint").await?;
    db::sprints::put(&mut work, &sprint).await?;
    work.commit(record("Sprint created", &sprint, project)).await?;
    Ok(sprint)
}

/// Changes a sprint, which may start or complete it.
pub async fn update(context: &Context, id: &str, input: &Input, full: bool) -> Result<Sprint> {
    let (context, mut work) = context.begin_alone().await?;
    let old = get(&context, id).await?;
    let project = managed(&context, old)?;
    let sprint = old.changed(input, full, context.now).map_err(Failure::Invalid)?;
    let starts = sprint.state == State::Active && old.state != State::Active;
    let mut siblings = context.site.sprints.iter().filter(|other| other.board_id == old.board_id);
    if starts && siblings.any(|other| other.state == State::Active) {
        let sentence = "A sprint of this board is active: it must be completed before another one is started.";
        return Err(Failure::invalid_field("state", sentence)); // G-16
    }
    db::sprints::put(&mut work, &sprint).await?;
    let record = record("Sprint updated", &sprint, project)
        .change("Name", Some(&old.name), Some(&sprint.name))
        .change("Goal", old.goal.as_deref(), sprint.goal.as_deref())
        .change("State", Some(old.state.as_str()), Some(sprint.state.as_str()));
    work.commit(record).await?;
    Ok(sprint)
}

/// Deletes a sprint; its issues are in it no more (G-17).
pub async fn delete(context: &Context, id: &str) -> Result<()> {
    let (context, mut work) = context.begin_alone().await?;
    let sprint = get(&context, id).await?;
    let project = managed(&context, sprint)?;
    if let Some(field) = context.site.fields.of_kind(Kind::Sprint) {
        let ids = db::sprints::issues(&mut work, field.id, sprint.id).await?;
        let number = field.id.to_string();
        issues::revise(&context, &mut work, &ids, |issue| issue.swap_custom(&number, sprint.id, None)).await?;
    }
    db::sprints::delete(&mut work, sprint.id).await?;
    Ok(work.commit(record("Sprint deleted", sprint, project)).await?)
}

/// A board with its project, if the caller sees that.
pub fn board(context: &Context, id: i64) -> Option<(&Board, &Project)> {
    let board = context.site.boards.get(id)?;
    Some((board, context.access().known_project(board.project_id)?))
}

async fn holds_visible(context: &Context, sprint: &Sprint) -> Result<bool> {
    let Some(field) = context.site.fields.of_kind(Kind::Sprint) else { return Ok(false) };
    let condition = Condition::Custom(field.id, CustomTest::Holds(vec![json!([sprint.id])]));
    let mut db = context.read().await?;
    Ok(!db::search::find(&mut db, &search::visible(context), &condition, &[], 0, 1).await?.ids.is_empty())
}

/// The project of a sprint that the caller may manage.
fn managed<'a>(context: &'a Context, sprint: &Sprint) -> Result<&'a Project> {
    let found = board(context, sprint.board_id);
    let (_, project) = found.ok_or_else(|| Failure::forbidden(FORBIDDEN))?;
    permit(context, project)?;
    Ok(project)
}

const FORBIDDEN: &str = "You do not have permission to manage sprints on this board.";

fn permit(context: &Context, project: &Project) -> Result<()> {
    context.account_id()?;
    match context.access().project(project, "MANAGE_SPRINTS_PERMISSION") {
        true => Ok(()),
        false => Err(Failure::forbidden(FORBIDDEN)),
    }
}

fn missing() -> Failure {
    Failure::NotFound(
        "The requested sprint cannot be viewed because it either does not exist or you do not have permission to view it."
            .into(),
    )
}

fn record(summary: &str, sprint: &Sprint, project: &Project) -> Record {
    Record::new(summary, Area::Everyday, Thing::new("SPRINT", sprint.id, &sprint.name)).with(project.thing())
}
