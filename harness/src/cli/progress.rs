//! A bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far a run is.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar on the standard error.
    pub fn new() -> Self {
        // indicatif draws nothing where the standard error is no terminal.
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// So many of so many are done, and this is next.
    pub fn show(&self, done: usize, all: usize, next: &str) {
        self.0.set_length(all as u64);
        self.0.set_position(done as u64);
        self.0.set_message(next.to_owned());
    }

    /// It is over.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
