//! A progress bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of `steps` steps on standard error; invisible if that is not a terminal.
pub(crate) fn bar(label: &'static str, steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(steps as u64).with_message(label);
    // A template that does not parse would only cost the looks.
    match ProgressStyle::with_template("{msg} [{bar:40}] {human_pos} of {human_len} words, {eta} left") {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}
