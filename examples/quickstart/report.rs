//! What is printed.

use std::collections::HashMap;
use std::fmt::{Display, Write as _};
use std::time::Duration;

use crate::input::Input;
use crate::suggest::Suggestions;

const SHOWN: usize = 15;

/// An unknown word, its number of occurrences, and its first one.
struct Unknown<'a> {
    word: &'a str,
    count: usize,
    place: String,
    nearest: String,
}

/// The unknown words of `input`, whose answers are `answers`, as a table: the most frequent first.
pub(crate) fn unknown_words(input: &Input, answers: &[Suggestions]) -> String {
    let unknown = collect_unknown(input, answers);
    if unknown.is_empty() {
        return "No unknown words.\n".to_owned();
    }
    let shown = &unknown[..unknown.len().min(SHOWN)];
    let width = |title: &str, of: fn(&Unknown) -> usize| shown.iter().map(of).max().unwrap_or(0).max(title.len());
    let word = width("word", |row| row.word.chars().count());
    let place = width("first seen", |row| row.place.chars().count());

    let mut out = format!("Unknown words ({}), the most frequent first:\n\n", grouped(&unknown.len()));
    let mut row = |times: &str, unknown: &str, first: &str, meant: &str| {
        line(&mut out, &format!("{times:>7}  {unknown:word$}  {first:place$}  {meant}"));
    };
    row("times", "word", "first seen", "did you mean");
    for Unknown { word, count, place, nearest } in shown {
        row(&grouped(count), word, place, nearest);
    }
    if unknown.len() > SHOWN {
        row("", &format!("and {} more", grouped(&(unknown.len() - SHOWN))), "", "");
    }
    out
}

fn collect_unknown<'a>(input: &'a Input, answers: &[Suggestions]) -> Vec<Unknown<'a>> {
    let mut unknown: HashMap<&str, Unknown> = HashMap::new();
    for (occurrence, nearest) in input.occurrences.iter().zip(answers) {
        if nearest.first().is_some_and(|best| best.slips == 0) {
            continue;
        }
        let entry = unknown.entry(&occurrence.word).or_insert_with(|| Unknown {
            word: &occurrence.word,
            count: 0,
            place: format!("{}:{}", input.files[occurrence.file].display(), occurrence.line),
            nearest: listed(nearest),
        });
        entry.count += 1;
    }
    let mut unknown: Vec<Unknown> = unknown.into_values().collect();
    unknown.sort_by(|a, b| b.count.cmp(&a.count).then(a.word.cmp(b.word)));
    unknown
}

fn listed(nearest: &Suggestions) -> String {
    let words: Vec<&str> = nearest.iter().map(|suggestion| &*suggestion.word).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

/// What the cache did.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) calls: u64,
    pub(crate) hits: u64,
    /// Distinct words, counted without the cache's help.
    pub(crate) distinct: usize,
    pub(crate) with_cache: Duration,
    /// The same run without the cache, and whether its answers were the same; none if it was skipped.
    pub(crate) without_cache: Option<(Duration, bool)>,
}

/// `account` as a table.
#[allow(clippy::cast_precision_loss)] // ratios, not counts
pub(crate) fn account(account: &Account) -> String {
    let mut out = String::from("What the cache did:\n\n");
    let mut row = |title: &str, value: &str, note: &str| line(&mut out, &format!("  {title:<18}{value:>11} {note}"));
    let hit_rate = account.hits as f64 / account.calls.max(1) as f64 * 100.0;
    row("calls", &grouped(&account.calls), "");
    row("distinct words", &grouped(&account.distinct), "");
    row("hits", &grouped(&account.hits), "");
    row("hit rate", &format!("{hit_rate:.1}"), "%");

    let longest = account.without_cache.map_or(account.with_cache, |(time, _)| time.max(account.with_cache));
    let (unit, factor) = if longest < Duration::from_secs(1) { ("ms", 1e3) } else { ("s", 1.0) };
    let time = |time: f64| format!("{:.2}", time * factor);
    let spent = account.with_cache.as_secs_f64();
    row("time spent", &time(spent), unit);
    if let Some((without, same)) = account.without_cache {
        let without = without.as_secs_f64();
        row("without the cache", &time(without), unit);
        // Where nothing repeats there is nothing to save, and chance decides which run was the faster.
        let faster = if without > spent { format!(", {:.1} times faster", without / spent) } else { String::new() };
        row("time saved", &time(without - spent), &format!("{unit}{faster}"));
        row("same answers", if same { "yes" } else { "NO" }, "");
    }
    out
}

/// `number` with its thousands set apart.
pub(crate) fn grouped(number: &impl Display) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `number` of the things called `name`, which has a regular plural.
pub(crate) fn counted(number: usize, name: &str) -> String {
    format!("{} {name}{}", grouped(&number), if number == 1 { "" } else { "s" })
}

/// Adds a line without the blanks that padding leaves at its end.
fn line(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", text.trim_end());
}
