//! Prints what was measured, as Markdown.

use std::fmt;

use crate::Timings;

/// What is wanted of a row: that a contestant takes at most so many times as long as another one.
#[derive(Debug, Clone, Copy)]
pub struct Aim {
    /// The name of the one.
    pub of: &'static str,
    /// The name of the other.
    pub over: &'static str,
    /// The greatest ratio wanted.
    pub at_most: f64,
}

/// Figures in the middle of all rounds, and at a tenth and at nine tenths of them.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// A tenth of them are less.
    pub low: f64,
    /// Half of them are less.
    pub median: f64,
    /// A tenth of them are more.
    pub high: f64,
}

impl Spread {
    /// That of these figures, of which there is one at least.
    pub fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_unstable_by(f64::total_cmp);
        let at = |tenths: usize| figures[(figures.len() - 1) * tenths / 10];
        Self { low: at(1), median: at(5), high: at(9) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2} to {:.2})", self.median, self.low, self.high)
    }
}

/// Prints the table of a row, which contestants are faster than `ours`, and which aims were met. Ratios are to `ours`, and
/// taken within each round.
///
/// # Panics
///
/// When `ours`, or a name in an aim, is nobody's in the row.
pub fn print(row: &str, threads: usize, ours: &str, aims: &[Aim], timings: &[Timings]) {
    let base = named(timings, ours);
    let plural = if threads == 1 { "" } else { "s" };
    println!("\n### {row}, {threads} thread{plural}\n");
    println!("{} rounds of about {} calls each.\n", base.nanos.len(), base.calls);
    println!("| {:<40} | ns/call | Mcalls/s | times ours (10 to 90 %) |", "contestant");
    println!("|:{:-<41}|--------:|---------:|:------------------------|", "");
    for one in timings {
        let nanos = Spread::of(one.nanos.clone()).median;
        #[allow(clippy::cast_precision_loss)] // a handful
        let rate = threads as f64 * 1e3 / nanos;
        let ratio = if one.name == ours { "1".to_owned() } else { ratio(one, base).to_string() };
        println!("| {:<40} | {nanos:7.1} | {rate:8.1} | {ratio:<23} |", one.name);
    }
    let is_faster = |one: &&Timings| !one.name.starts_with("nothing") && ratio(one, base).median < 0.995;
    let faster: Vec<_> = timings.iter().filter(is_faster).map(|one| format!("`{}`", one.name)).collect();
    if faster.is_empty() {
        println!("\nNobody is faster than `{ours}` here.");
    } else {
        println!("\nFaster than `{ours}` here: {}.", faster.join(", "));
    }
    for aim in aims {
        let ratio = ratio(named(timings, aim.of), named(timings, aim.over));
        println!("\n{}", verdict(&format!("`{}` over `{}`", aim.of, aim.over), ratio, aim.at_most));
    }
}

/// Whether a ratio is what is wanted of it.
pub fn verdict(what: &str, ratio: Spread, at_most: f64) -> String {
    let met = if ratio.median <= at_most { "met" } else { "**not met**" };
    format!("Aim: {what} at most {at_most:.2}: {ratio}, {met}.")
}

fn named<'t>(timings: &'t [Timings], name: &str) -> &'t Timings {
    timings.iter().find(|timings| timings.name == name).unwrap_or_else(|| panic!("no contestant is called {name}"))
}

fn ratio(one: &Timings, other: &Timings) -> Spread {
    Spread::of(one.nanos.iter().zip(&other.nanos).map(|(one, other)| one / other).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_within_each_round() {
        let timings = |nanos: [f64; 3]| Timings { name: "", calls: 1, nanos: nanos.to_vec() };
        let Spread { low, median, high } = ratio(&timings([20.0, 4.0, 60.0]), &timings([10.0, 2.0, 10.0]));
        assert_eq!((low, median, high), (2.0, 2.0, 2.0));
    }
}
