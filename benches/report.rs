//! Prints what was measured.

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

/// A ratio in the middle of all rounds, and in those at a tenth and at nine tenths of them.
struct Spread {
    low: f64,
    median: f64,
    high: f64,
}

/// Prints the table of a row, and which aims were met. Ratios are taken within each round.
///
/// # Panics
///
/// When `baseline`, or a name in an aim, is nobody's in the row.
pub fn print(row: &str, threads: usize, baseline: &str, aims: &[Aim], timings: &[Timings]) {
    let base = named(timings, baseline);
    let plural = if threads == 1 { "" } else { "s" };
    println!("\n{row}, {threads} thread{plural}, {} rounds", base.nanos.len());
    println!("| {:<38} | ns/call | Mcalls/s | ratio (10 to 90 %)    | calls/round |", "contestant");
    println!("|{:-<40}|--------:|---------:|-----------------------|------------:|", "");
    for one in timings {
        let nanos = spread(one.nanos.clone()).median;
        #[allow(clippy::cast_precision_loss)] // a handful
        let rate = threads as f64 * 1e3 / nanos;
        let Spread { low, median, high } = ratio(one, base);
        let ratio = if one.name == baseline { "1".to_owned() } else { format!("{median:.2} ({low:.2} to {high:.2})") };
        println!("| {:<38} | {nanos:7.1} | {rate:8.1} | {ratio:<21} | {:>11} |", one.name, one.calls);
    }
    for aim in aims {
        let Spread { low, median, high } = ratio(named(timings, aim.of), named(timings, aim.over));
        let met = if median <= aim.at_most { "met" } else { "NOT MET" };
        println!(
            "aim: {} at most {:.2} x {}: {median:.2} ({low:.2} to {high:.2}), {met}",
            aim.of, aim.at_most, aim.over
        );
    }
}

fn named<'t>(timings: &'t [Timings], name: &str) -> &'t Timings {
    timings.iter().find(|timings| timings.name == name).unwrap_or_else(|| panic!("no contestant is called {name}"))
}

fn ratio(one: &Timings, other: &Timings) -> Spread {
    spread(one.nanos.iter().zip(&other.nanos).map(|(one, other)| one / other).collect())
}

fn spread(mut figures: Vec<f64>) -> Spread {
    figures.sort_unstable_by(f64::total_cmp);
    let at = |tenths: usize| figures[(figures.len() - 1) * tenths / 10];
    Spread { low: at(1), median: at(5), high: at(9) }
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
