//! Names and descriptions of what administrators set up.

use super::failure::Complaints;

/// Longest name of a type, priority or resolution (T-14).
pub const SHORT_NAME: usize = 60;
/// Longest name of nearly everything else (T-14).
pub const NAME: usize = 255;
/// Longest description of a priority or resolution.
pub const SHORT_DESCRIPTION: usize = 255;
/// Longest description of a scheme.
pub const DESCRIPTION: usize = 4000;

/// Notes what is wrong with the length of a name.
pub fn check_name(name: &str, most: usize, complaints: &mut Complaints) {
    if name.trim().is_empty() {
        complaints.messages.push("The name has to be provided.".into());
    }
    check_length("name", name, most, complaints);
}

/// Notes if a text is too long.
pub fn check_length(what: &str, text: &str, most: usize, complaints: &mut Complaints) {
    if text.chars().count() > most {
        complaints.messages.push(format!("The length of the {what} must not exceed {most} characters."));
    }
}

/// Whether one of the names is this one in any case.
pub fn is_taken<'a>(mut names: impl Iterator<Item = &'a String>, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    names.any(|other| other.to_lowercase() == name)
}
