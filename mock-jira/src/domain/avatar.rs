//! The avatars that Jira brings along: drawings of our own, as SVG and as pixels.

use std::{fmt::Write, ops::RangeInclusive};

/// What avatars are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Projects.
    Project,
    /// Issue types.
    IssueType,
    /// Priorities.
    Priority,
    /// Accounts.
    User,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Project, Self::IssueType, Self::Priority, Self::User];

    /// As it stands in addresses.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// As it stands in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::IssueType => "issuetype",
            Self::Priority => "priority",
            Self::User => "user",
        }
    }

    /// The ids of its system avatars, in the order in which they are listed (observed shapes, "avatars").
    pub fn system(self) -> impl Iterator<Item = i64> {
        let first = (self == Self::IssueType).then_some(10_300);
        first.into_iter().chain(self.listed())
    }

    fn listed(self) -> RangeInclusive<i64> {
        match self {
            Self::Project => 10_400..=10_425,
            Self::IssueType => 10_303..=10_323,
            Self::Priority => 10_550..=10_559,
            Self::User => 10_334..=10_353,
        }
    }

    /// Whether that is a system avatar of the kind. Projects have older ones that are not listed any more.
    pub fn has(self, id: i64) -> bool {
        self.system().any(|listed| listed == id) || self == Self::Project && (10_200..=10_212).contains(&id)
    }

    /// The avatar of things that have none of their own.
    pub fn default_id(self) -> i64 {
        self.system().next().unwrap_or_default()
    }
}

/// The kind that a system avatar is of.
pub fn kind_of(id: i64) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.has(id))
}

/// A size by its name, in pixels; without a name the usual one.
pub fn pixels(size: Option<&str>) -> Option<u32> {
    Some(match size.unwrap_or("large") {
        "xsmall" => 16,
        "small" => 24,
        "medium" => 32,
        "large" => 48,
        "xlarge" => 64,
        _ => return None,
    })
}

/// Width and height of the drawing board.
const BOARD: f64 = 64.0;

const COLORS: [u32; 8] = [0x357DE8, 0x22A06B, 0xE34935, 0x8270DB, 0xE5680A, 0x2898BD, 0x6B778C, 0xCD519D];

/// A flat shape of one color.
#[derive(Debug)]
enum Shape {
    /// The whole board with round corners.
    Board(u32),
    Circle {
        x: f64,
        y: f64,
        radius: f64,
        color: u32,
    },
    Polygon {
        points: Vec<(f64, f64)>,
        color: u32,
    },
}

/// The drawing of a system avatar.
#[derive(Debug)]
pub struct Drawing(Vec<Shape>);

impl Drawing {
    /// The drawing of that number; every number has one.
    pub fn new(id: i64) -> Self {
        const WHITE: u32 = 0xFFFFFF;
        let place = id.unsigned_abs() as usize;
        let color = match id {
            10_303 => COLORS[2],          // bugs
            10_315 => COLORS[1],          // stories
            10_316 | 10_318 => COLORS[0], // sub-tasks, tasks
            _ => COLORS[place % COLORS.len()],
        };
        let polygon = |points: Vec<(f64, f64)>| Shape::Polygon { points, color: WHITE };
        let regular = |corners: usize, radii: [f64; 2]| {
            let corner = |at: usize| {
                let angle = std::f64::consts::TAU * at as f64 / corners as f64;
                let radius = radii[at % 2];
                (32.0 + radius * angle.sin(), 32.0 - radius * angle.cos())
            };
            polygon((0..corners).map(corner).collect())
        };
        let circle = |radius: f64, color: u32| Shape::Circle { x: 32.0, y: 32.0, radius, color };
        let bar =
            |x: f64, y: f64, right: f64, bottom: f64| polygon(vec![(x, y), (right, y), (right, bottom), (x, bottom)]);
        let mut shapes = vec![Shape::Board(color)];
        shapes.extend(match place / COLORS.len() % 7 + place % 2 {
            0 => vec![circle(17.0, WHITE)],
            1 => vec![regular(4, [20.0, 20.0])],
            2 => vec![regular(10, [21.0, 9.0])],
            3 => vec![circle(19.0, WHITE), circle(10.0, color)],
            4 => vec![bar(26.0, 14.0, 38.0, 50.0), bar(14.0, 26.0, 50.0, 38.0)],
            5 => vec![bar(14.0, 34.0, 23.0, 50.0), bar(27.0, 24.0, 36.0, 50.0), bar(40.0, 14.0, 49.0, 50.0)],
            6 => vec![regular(6, [20.0, 20.0])],
            _ => vec![regular(3, [22.0, 22.0])],
        });
        Self(shapes)
    }

    /// As an SVG document of that width and height.
    pub fn svg(&self, size: u32) -> String {
        let mut text = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {BOARD} {BOARD}">"#
        );
        for shape in &self.0 {
            // Writing to a text can't fail.
            let _ = match shape {
                Shape::Board(color) => {
                    write!(text, r##"<rect width="{BOARD}" height="{BOARD}" rx="{CORNER}" fill="#{color:06x}"/>"##)
                }
                Shape::Circle { x, y, radius, color } => {
                    write!(text, r##"<circle cx="{x}" cy="{y}" r="{radius}" fill="#{color:06x}"/>"##)
                }
                Shape::Polygon { points, color } => {
                    let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
                    write!(text, r##"<polygon points="{}" fill="#{color:06x}"/>"##, points.join(" "))
                }
            };
        }
        text + "</svg>"
    }

    /// As rows of pixels of that width and height: red, green, blue, opacity.
    pub fn rgba(&self, size: u32) -> Vec<u8> {
        /// Each pixel is the mean of so many by so many points.
        const POINTS: u32 = 4;
        let step = BOARD / f64::from(size * POINTS);
        let mut pixels = Vec::with_capacity((size * size * 4) as usize);
        for (row, column) in (0..size).flat_map(|row| (0..size).map(move |column| (row, column))) {
            let mut sums = [0u32; 4];
            for (down, right) in (0..POINTS).flat_map(|down| (0..POINTS).map(move |right| (down, right))) {
                let at = |pixel: u32, point: u32| (f64::from(pixel * POINTS + point) + 0.5) * step;
                let color = self.color(at(column, right), at(row, down));
                let Some(color) = color else { continue };
                for (sum, part) in sums.iter_mut().zip([color >> 16 & 0xFF, color >> 8 & 0xFF, color & 0xFF, 0xFF]) {
                    *sum += part;
                }
            }
            let covered = (sums[3] / 0xFF).max(1);
            pixels.extend(sums[..3].iter().map(|sum| (sum / covered) as u8));
            pixels.push((sums[3] / (POINTS * POINTS)) as u8);
        }
        pixels
    }

    /// The color of a point: that of the topmost shape.
    fn color(&self, x: f64, y: f64) -> Option<u32> {
        self.0.iter().rev().find_map(|shape| shape.covers(x, y))
    }
}

/// Radius of the board's corners.
const CORNER: f64 = 8.0;

impl Shape {
    /// Its color, if it covers the point.
    fn covers(&self, x: f64, y: f64) -> Option<u32> {
        match self {
            Self::Board(color) => {
                let beyond = |at: f64| (CORNER - at).max(at - (BOARD - CORNER)).max(0.0);
                (beyond(x).hypot(beyond(y)) <= CORNER).then_some(*color)
            }
            Self::Circle { x: cx, y: cy, radius, color } => ((x - cx).hypot(y - cy) <= *radius).then_some(*color),
            Self::Polygon { points, color } => {
                let edges = points.iter().zip(points.iter().cycle().skip(1));
                let crossed = |((ax, ay), (bx, by)): &(&(f64, f64), &(f64, f64))| {
                    (*ay > y) != (*by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
                };
                (edges.filter(crossed).count() % 2 == 1).then_some(*color)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_share_no_numbers() {
        for kind in Kind::ALL {
            assert!(kind.has(kind.default_id()));
            assert!(kind.system().all(|id| kind_of(id) == Some(kind)));
            assert_eq!(Kind::parse(kind.word()), Some(kind));
        }
        assert_eq!(Kind::IssueType.system().take(3).collect::<Vec<_>>(), [10_300, 10_303, 10_304]);
    }

    #[test]
    fn pixels_show_what_the_document_tells() {
        for id in Kind::ALL.into_iter().flat_map(Kind::system) {
            let drawing = Drawing::new(id);
            let pixels = drawing.rgba(16);
            assert_eq!(pixels.len(), 16 * 16 * 4);
            assert!(pixels[3] < 0xFF, "{id}: corners are round");
            let edge = (8 * 16 + 1) * 4;
            let color = format!("#{:02x}{:02x}{:02x}", pixels[edge], pixels[edge + 1], pixels[edge + 2]);
            assert!(drawing.svg(16).contains(&color), "{id}");
        }
    }
}
