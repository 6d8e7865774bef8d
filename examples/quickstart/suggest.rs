//! The memoized function, and the words it knows. The cache is set up here and nowhere else.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, OnceLock};

use ctu::{AnyCache, JsonCache, StackExt, cached};
use serde::{Deserialize, Serialize};

use crate::distance::Meter;

/// A known word, and how many typing slips lie between it and the word asked for; none if it is that word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suggestion {
    pub(crate) word: Cow<'static, str>,
    pub(crate) slips: usize,
}

/// The known words nearest to a word, best first.
pub(crate) type Suggestions = Arc<[Suggestion]>;

const MAX_SUGGESTIONS: usize = 3;

/// The known words nearest to the lower-case `word`, best first; `word` itself comes first if it is known.
///
/// At equal distance, swapped letters come before wrong ones, and common words before rare ones.
///
/// It measures the distance to every known word: no index, no clever data structure. That takes about a millisecond,
/// and texts repeat their words, so the cure is one line.
#[cached(capacity = 50_000)]
pub(crate) fn nearest(word: &str) -> Suggestions {
    // In a short word, two slips would allow almost anything.
    let max_slips = if word.len() <= 4 { 1 } else { 2 };
    let mut meter = Meter::default();
    let mut found = Vec::new();
    for (rank, known) in KNOWN.iter().enumerate() {
        if let Some(slips) = meter.distance(word.as_bytes(), known.as_bytes(), max_slips) {
            found.push((slips, letters(known) != letters(word), rank));
        }
    }
    found.sort_unstable();
    found.truncate(MAX_SUGGESTIONS);
    found.into_iter().map(|(slips, _, rank)| Suggestion { word: KNOWN[rank].into(), slips }).collect()
}

/// The same, kept in the store of `--store`: a later run of the program finds what this one computed.
#[cached(cache = store(), ttl = "1d")]
pub(crate) fn nearest_in_store(word: &str) -> Suggestions {
    nearest::uncached(word)
}

/// A store of bytes of any kind, with typed values on top.
static STORE: OnceLock<JsonCache<AnyCache>> = OnceLock::new();

/// Makes the store at `url` that of [`nearest_in_store`].
///
/// # Errors
///
/// When the url is wrong: nothing connects yet.
pub(crate) fn open_store(url: &str) -> ctu::Result<()> {
    let store = AnyCache::open(url)?.json();
    STORE.set(store).expect("there is one --store");
    Ok(())
}

fn store() -> &'static JsonCache<AnyCache> {
    STORE.get().expect("the store is opened before it is used")
}

/// The letters of `word` in alphabetical order: the same for two words if one is the other with letters swapped.
fn letters(word: &str) -> Vec<u8> {
    let mut letters = word.as_bytes().to_vec();
    letters.sort_unstable();
    letters
}

/// English words from the commonest to the rarest, so that ties go to the likelier word, then technical terms.
static KNOWN: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let technical = include_str!("../data/technical.txt").lines();
    let english = include_str!("../data/words.txt").lines();
    english.chain(technical).collect()
});

/// The number of known words. Reads the word lists when first called.
pub(crate) fn known_words() -> usize {
    KNOWN.len()
}
