//! Taking a workflow's transitions (J-70 to J-76).

use super::{Context, issues};
use crate::{
    db::{self, Work, issues::Wanted},
    domain::{
        assignment::default_assignee,
        config::{DONE, Project},
        failure::{Complaints, Failure, Result},
        fields::custom_number,
        issue::{
            Issue,
            edit::{Editor, Extras, Input},
            screen::{Asked, Purpose, asked},
            values::TextFormat,
        },
        permission::Access,
        workflow::{Assignee, Facts, PostFunction, Transition, Values, Viewer},
    },
};
use serde_json::Value;

/// An issue's transitions as its viewer finds them.
pub struct Offer<'a> {
    /// The transition.
    pub transition: &'a Transition,
    /// Whether its conditions hold for the viewer.
    pub available: bool,
}

/// What conditions need to know of an issue besides its own row.
#[derive(Debug, Default)]
pub struct Relatives {
    /// Statuses of its sub-tasks.
    pub subtask_statuses: Vec<i64>,
    /// Status of its parent.
    pub parent_status: Option<i64>,
}

impl From<&db::issues::Around> for Relatives {
    fn from(around: &db::issues::Around) -> Self {
        Self {
            subtask_statuses: around.subtasks.iter().map(|subtask| subtask.status_id).collect(),
            parent_status: around.parent.as_ref().map(|parent| parent.status_id),
        }
    }
}

/// The transitions that lead on from where an issue is; none for who may not transition issues (J-70).
pub fn offered<'a>(context: &'a Context, project: &Project, issue: &Issue, relatives: &Relatives) -> Vec<Offer<'a>> {
    let Some(workflow) = context.site.workflow_of(project, issue.issue_type_id) else { return Vec::new() };
    if !context.access().on(project, issue.people(), "TRANSITION_ISSUES") {
        return Vec::new();
    }
    let facts = facts(issue, relatives);
    with_viewer(context, project, issue, |viewer| {
        let outgoing = workflow.definition.outgoing(issue.status_id);
        outgoing.map(|transition| Offer { transition, available: transition.is_available(&facts, viewer) }).collect()
    })
}

/// What a request to transition an issue asks for.
#[derive(Debug, Default)]
pub struct Step {
    /// The transition's id.
    pub transition: Option<String>,
    /// `fields` and `update`.
    pub input: Input,
    /// Entity properties: key and value.
    pub properties: Vec<(String, Value)>,
}

/// Takes a transition as a request asks.
pub async fn transition(context: &Context, id_or_key: &str, step: &Step, format: TextFormat) -> Result<()> {
    let (context, mut work) = context.begin_settled().await?;
    let (mut issue, project) = issues::locked(&context, &mut work, id_or_key).await?;
    let missing = || Failure::invalid("Missing 'transition' identifier"); // J-72
    let id = step.transition.as_deref().ok_or_else(missing)?;
    if !step.properties.is_empty() && !context.access().on(project, issue.people(), "EDIT_ISSUES") {
        return Err(Failure::forbidden("You do not have permission to edit issues in this project."));
    }
    take(&context, &mut work, &mut issue, id, &step.input, format).await?;
    issues::store_properties(&mut work, issue.id, &step.properties).await?;
    Ok(work.commit_recorded().await?)
}

/// Takes a transition inside a transaction that holds the issue.
pub async fn take(
    context: &Context,
    work: &mut Work,
    issue: &mut Issue,
    transition_id: &str,
    input: &Input,
    format: TextFormat,
) -> Result<()> {
    let project = context.project_of(issue)?;
    let wanted = Wanted { neighbours: true, ..Wanted::default() };
    let loaded =
        db::issues::find(work, db::issues::Name::Id(issue.id), wanted, None).await?.ok_or_else(Failure::no_issue)?;
    let relatives = Relatives::from(&loaded.around);
    let offer = offered(context, project, issue, &relatives)
        .into_iter()
        .find(|offer| offer.available && offer.transition.id.to_string() == transition_id)
        .ok_or_else(|| Failure::invalid(format!("Transition id '{transition_id}' is not valid for this issue.")))?; // J-72
    let transition = offer.transition;

    let issue_type = context.site.issue_types.get(issue.issue_type_id).ok_or_else(Failure::no_issue)?;
    let screen = transition.screen_id.and_then(|id| context.site.screens.get(id));
    let asked: Vec<Asked> = match screen {
        Some(screen) => {
            let purpose = Purpose::Transition(screen);
            asked(&context.site, context.access(), project, issue_type, purpose, Some(issue.people()))
        }
        // Without a screen nothing can be set but a comment (J-75, J-96).
        None => {
            let comment = context
                .access()
                .on(project, issue.people(), "ADD_COMMENTS")
                .then(|| context.site.fields.get("comment"));
            comment.flatten().map(|field| Asked { field, required: false }).into_iter().collect()
        }
    };
    let mut texts = input.issue_references();
    texts.extend(issue.parent_id.map(|id| id.to_string()));
    let references = context.references(work, &texts).await?;
    let old = issue.clone();
    let mut editor = Editor {
        site: &context.site,
        project,
        access: context.access(),
        people: Some(old.people()),
        references: &references,
        format,
        extras: Extras::default(),
    };
    let mut complaints = editor.apply(issue, input, &asked, false);
    for asked in asked.iter().filter(|asked| asked.required) {
        let id = asked.field.id();
        if editor.is_empty(issue, &id) {
            complaints.field(&id, format!("{} is required.", asked.field.name())); // J-7
        }
    }
    validate(context, transition, issue, &relatives, &editor, &mut complaints);
    complaints.into_result()?;
    let extras = editor.extras;
    if let Some(to) = transition.to {
        issue.status_id = to;
    }
    run_post_functions(context, transition, project, issue);
    issues::save(context, work, &old, issue, extras, &references).await
}

/// What a transition does besides the change of status (J-76).
pub fn run_post_functions(context: &Context, transition: &Transition, project: &Project, issue: &mut Issue) {
    for function in &transition.post_functions {
        match function {
            PostFunction::SetResolution(id) => issue.resolution_id = issue.resolution_id.or(Some(*id)),
            PostFunction::ClearResolution => issue.resolution_id = None,
            PostFunction::Assign(whom) => {
                issue.assignee = match whom {
                    Assignee::Caller => context.caller.account_id().map(str::to_owned),
                    Assignee::Reporter => issue.reporter.clone(),
                    Assignee::Lead => project.lead.clone(),
                    Assignee::Default => default_assignee(&context.site, project, &issue.component_ids),
                    Assignee::Account(id) => {
                        Some(id.clone()).filter(|id| Access::assignable(&context.site, project, id))
                    }
                    Assignee::Nobody => None,
                }
            }
            PostFunction::ClearField(id) => clear(issue, id),
            PostFunction::Fire(_) => {}
        }
    }
    // Team-managed projects resolve what is done by themselves.
    if project.simplified {
        let done = context.site.statuses.get(issue.status_id).is_some_and(|status| status.category == DONE);
        let resolution = context.site.resolutions.iter().next().map(|resolution| resolution.id);
        issue.resolution_id = if done { issue.resolution_id.or(resolution) } else { None };
    }
}

fn clear(issue: &mut Issue, field_id: &str) {
    match field_id {
        "assignee" => issue.assignee = None,
        "description" => issue.description = None,
        "environment" => issue.environment = None,
        "duedate" => issue.due = None,
        "labels" => issue.labels.clear(),
        "components" => issue.component_ids.clear(),
        "fixVersions" => issue.fix_version_ids.clear(),
        "versions" => issue.affected_version_ids.clear(),
        "resolution" => issue.resolution_id = None,
        id => {
            if let Some(number) = custom_number(id) {
                issue.custom.remove(&number.to_string());
            }
        }
    }
}

/// What a transition's validators find wrong with the issue as it would be (J-73).
pub fn validate(
    context: &Context,
    transition: &Transition,
    issue: &Issue,
    relatives: &Relatives,
    editor: &Editor,
    complaints: &mut Complaints,
) {
    let facts = facts(issue, relatives);
    let values = FieldValues { editor, issue };
    let broken = with_viewer(context, editor.project, issue, |viewer| transition.validate(&facts, viewer, &values));
    for (field, message) in broken {
        match field.as_str() {
            "" => complaints.messages.push(message),
            field => complaints.field(field, message),
        }
    }
}

/// The fields of an issue as it would be.
struct FieldValues<'a> {
    editor: &'a Editor<'a>,
    issue: &'a Issue,
}

impl Values for FieldValues<'_> {
    fn is_empty(&self, field: &str) -> bool {
        self.editor.is_empty(self.issue, field)
    }

    fn exists(&self, field: &str) -> bool {
        let issue = self.issue;
        custom_number(field).is_none_or(|number| {
            self.editor.site.fields.context(number, issue.project_id, issue.issue_type_id).is_some()
        })
    }

    fn name(&self, field: &str) -> String {
        self.editor.site.fields.get(field).map_or_else(|| field.to_owned(), |field| field.name().to_owned())
    }
}

fn facts<'a>(issue: &'a Issue, relatives: &'a Relatives) -> Facts<'a> {
    Facts {
        status: issue.status_id,
        assignee: issue.assignee.as_deref(),
        reporter: issue.reporter.as_deref(),
        subtask_statuses: &relatives.subtask_statuses,
        parent_status: relatives.parent_status,
    }
}

fn with_viewer<T>(context: &Context, project: &Project, issue: &Issue, run: impl FnOnce(&Viewer) -> T) -> T {
    let access = context.access();
    let permitted = |key: &str| access.on(project, issue.people(), key);
    run(&Viewer {
        account_id: context.caller.account_id(),
        groups: &context.caller.groups,
        roles: access.roles(project).collect(),
        permitted: &permitted,
    })
}
