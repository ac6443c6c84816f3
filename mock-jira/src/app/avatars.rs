//! Avatars of projects, issue types and priorities: which there are, uploading, choosing, deleting (U-53).

use super::Context;
use crate::{
    db::{self, Work, avatars::Owner as Row},
    domain::{
        audit::{Area, Record, Thing},
        avatar::{Drawing, Kind, pixels},
        config::{IssueType, Priority, Project},
        failure::{Failure, Result},
    },
};
use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbaImage, imageops::FilterType};
use std::io::Cursor;

/// Widest picture that is kept.
const WIDTH: u32 = 256;
/// Widest picture that is read.
const WIDEST: u32 = 8_192;

/// The refusal of who may not change avatars.
pub const FORBIDDEN: &str = "You do not have permission to change these avatars.";

/// What has avatars.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'a> {
    /// A project.
    Project(&'a Project),
    /// An issue type.
    IssueType(&'a IssueType),
    /// A priority.
    Priority(&'a Priority),
}

impl<'a> Owner<'a> {
    /// What an address names, if the caller may see it.
    pub fn find(context: &'a Context, kind: &str, id: &str) -> Result<Self> {
        let found = match Kind::parse(kind) {
            Some(Kind::Project) => return Ok(Self::Project(context.project(id)?)),
            Some(Kind::IssueType) => context.site.issue_types.parse(id).map(Self::IssueType),
            Some(Kind::Priority) => context.site.priorities.parse(id).map(Self::Priority),
            Some(Kind::User) | None => return Err(no_kind(kind)),
        };
        let found = found.filter(|owner| owner.visible(context));
        found.ok_or_else(|| Failure::not_found(format!("The {kind} with id '{id}' does not exist.")))
    }

    /// The kind of avatars it has.
    pub fn kind(self) -> Kind {
        match self {
            Self::Project(_) => Kind::Project,
            Self::IssueType(_) => Kind::IssueType,
            Self::Priority(_) => Kind::Priority,
        }
    }

    /// The avatar that is shown for it.
    pub fn selected(self) -> i64 {
        match self {
            Self::Project(project) => project.avatar_id,
            Self::IssueType(kind) => kind.avatar_id.unwrap_or(Kind::IssueType.default_id()),
            Self::Priority(priority) => priority
                .avatar_id
                .unwrap_or_else(|| Kind::Priority.default_id() + i64::from(priority.position.rem_euclid(10))),
        }
    }

    /// Its id in the API.
    pub fn id(self) -> i64 {
        match self {
            Self::Project(project) => project.id,
            Self::IssueType(kind) => kind.id,
            Self::Priority(priority) => priority.id,
        }
    }

    fn row(self) -> Row {
        match self {
            Self::Project(project) => Row { project_id: Some(project.id), ..Row::default() },
            Self::IssueType(kind) => Row { issue_type_id: Some(kind.id), ..Row::default() },
            Self::Priority(priority) => Row { priority_id: Some(priority.id), ..Row::default() },
        }
    }

    fn thing(self) -> Thing {
        match self {
            Self::Project(project) => project.thing(),
            Self::IssueType(kind) => kind.thing(),
            Self::Priority(priority) => priority.thing(),
        }
    }

    /// Types are seen by who sees a project that has them.
    fn visible(self, context: &Context) -> bool {
        match self {
            Self::Project(project) => project.deleted.is_none() && context.access().sees(project),
            Self::IssueType(kind) => {
                let has = |project: &Project| context.site.issue_types_of(project).any(|other| other.id == kind.id);
                context.access().administers() || context.live_projects().any(has)
            }
            Self::Priority(_) => true,
        }
    }

    /// Refuses who may not change its avatars.
    pub fn permit(self, context: &Context) -> Result<()> {
        let may = match self {
            Self::Project(project) => context.access().administers_project(project),
            Self::IssueType(_) | Self::Priority(_) => context.access().administers(),
        };
        if may { Ok(()) } else { Err(Failure::forbidden(FORBIDDEN)) }
    }
}

/// The answer for a kind of things that have no avatars.
pub fn no_kind(kind: &str) -> Failure {
    Failure::not_found(format!("'{kind}' is not a type of avatar."))
}

/// Which part of a picture to take: a square of that size; 0 for the largest that there is from the top left.
#[derive(Debug, Clone, Copy)]
pub struct Crop {
    /// Left edge.
    pub x: i64,
    /// Top edge.
    pub y: i64,
    /// Width and height.
    pub size: i64,
}

/// Stores a picture as a new avatar; its id.
pub async fn store(context: &Context, owner: Owner<'_>, picture: Vec<u8>, crop: Crop) -> Result<i64> {
    owner.permit(context)?;
    let png = tokio::task::spawn_blocking(move || square(&picture, crop)).await??;
    let mut work = context.begin().await?;
    let id = work.next_id("avatar").await?;
    db::avatars::insert(&mut work, id, owner.row(), &png).await?;
    work.commit(record("Avatar added", owner, id)).await?;
    Ok(id)
}

/// Shows an avatar, a system one or an uploaded one of the project, for it.
pub async fn select(context: &Context, project: &Project, id: i64) -> Result<()> {
    let owner = Owner::Project(project);
    owner.permit(context)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    if !available(&mut work, owner, id).await? {
        return Err(missing(id));
    }
    db::avatars::select_for_project(&mut work, project.id, id).await?;
    work.commit(record("Avatar changed", owner, id)).await?;
    Ok(())
}

/// Whether an owner can show that avatar.
pub async fn available(work: &mut Work, owner: Owner<'_>, id: i64) -> Result<bool> {
    Ok(owner.kind().has(id) || db::avatars::list(work, owner.row()).await?.contains(&id))
}

/// Deletes an uploaded avatar. What showed it shows the first system avatar then.
pub async fn delete(context: &Context, owner: Owner<'_>, id: i64) -> Result<()> {
    owner.permit(context)?;
    if owner.kind().has(id) {
        return Err(Failure::forbidden("System avatars cannot be deleted."));
    }
    let mut work = context.begin().await?;
    work.changes_configuration();
    if !db::avatars::delete(&mut work, id, owner.row(), owner.kind().default_id()).await? {
        return Err(missing(id));
    }
    work.commit(record("Avatar deleted", owner, id)).await?;
    Ok(())
}

/// The uploaded avatars of an owner.
pub async fn uploaded(context: &Context, owner: Owner<'_>) -> Result<Vec<i64>> {
    Ok(db::avatars::list(&mut context.read().await?, owner.row()).await?)
}

/// How a picture is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As it is kept: system avatars as SVG, others as PNG.
    Own,
    /// As pixels.
    Png,
    /// As a drawing, which uploaded avatars are not.
    Svg,
}

/// A picture on its way out.
#[derive(Debug)]
pub enum Picture {
    /// A document.
    Svg(String),
    /// A file.
    Png(Vec<u8>),
}

/// The picture of an avatar that the caller may see.
pub async fn picture(context: &Context, kind: Kind, id: i64, size: Option<&str>, format: Format) -> Result<Picture> {
    let size = pixels(size).ok_or_else(|| Failure::not_found("There is no avatar of that size."))?;
    if kind.has(id) {
        return system_picture(id, size, format);
    }
    let (row, png) = db::avatars::find(&mut context.read().await?, id).await?.ok_or_else(|| missing(id))?;
    let (projects, types) = (&context.site.projects, &context.site.issue_types);
    let owner = match kind {
        Kind::Project => row.project_id.and_then(|id| projects.get(id)).map(Owner::Project),
        Kind::IssueType => row.issue_type_id.and_then(|id| types.get(id)).map(Owner::IssueType),
        Kind::Priority => row.priority_id.and_then(|id| context.site.priorities.get(id)).map(Owner::Priority),
        Kind::User => None,
    };
    if !owner.is_some_and(|owner| owner.visible(context)) || format == Format::Svg {
        return Err(missing(id));
    }
    Ok(Picture::Png(tokio::task::spawn_blocking(move || resized(&png, size)).await??))
}

/// The picture of a system avatar, which anybody may see.
pub fn system_picture(id: i64, size: u32, format: Format) -> Result<Picture> {
    let drawing = Drawing::new(id);
    if format != Format::Png {
        return Ok(Picture::Svg(drawing.svg(size)));
    }
    let pixels = RgbaImage::from_raw(size, size, drawing.rgba(size));
    Ok(Picture::Png(encode(&DynamicImage::from(pixels.unwrap_or_default()))?))
}

/// The square of an uploaded picture that becomes the avatar, as PNG.
fn square(picture: &[u8], crop: Crop) -> Result<Vec<u8>> {
    let unreadable = || Failure::invalid("The image could not be read. It must be a JPEG, a GIF or a PNG.");
    let mut reader = ImageReader::new(Cursor::new(picture)).with_guessed_format().map_err(|_| unreadable())?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(WIDEST), Some(WIDEST));
    reader.limits(limits);
    let image = reader.decode().map_err(|_| unreadable())?;
    let shorter = image.width().min(image.height());
    let size = if crop.size == 0 { i64::from(shorter) } else { crop.size };
    let fits = |from: i64, length: u32| from >= 0 && size > 0 && from.saturating_add(size) <= i64::from(length);
    if !fits(crop.x, image.width()) || !fits(crop.y, image.height()) {
        return Err(Failure::invalid("The crop region extends beyond the edge of the image."));
    }
    let [x, y, size] = [crop.x, crop.y, size].map(|number| u32::try_from(number).unwrap_or(0));
    let image = image.crop_imm(x, y, size, size);
    let image = if size > WIDTH { image.resize_exact(WIDTH, WIDTH, FilterType::Triangle) } else { image };
    encode(&image)
}

fn resized(png: &[u8], size: u32) -> Result<Vec<u8>> {
    let image = image::load_from_memory_with_format(png, ImageFormat::Png)?;
    encode(&image.resize_exact(size, size, FilterType::Triangle))
}

fn encode(image: &DynamicImage) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    image.to_rgba8().write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// The answer for an avatar that is missing, or another owner's.
pub fn missing(id: i64) -> Failure {
    Failure::not_found(format!("The avatar with id '{id}' does not exist."))
}

fn record(summary: &str, owner: Owner, id: i64) -> Record {
    Record::new(summary, Area::Projects, owner.thing()).with(Thing::new("AVATAR", id, id.to_string()))
}
