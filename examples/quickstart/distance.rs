//! Edit distance: how many typing slips lie between two words.

use std::mem::swap;

/// Measures optimal-string-alignment distances, reusing its working memory from one pair of words to the next.
///
/// A slip is a letter missing, added, replaced, or swapped with its neighbour: `teh` is 1 from `the`. Letters are bytes,
/// which does for English: an accent counts as one slip more.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    // The last three rows of the classic table: a swap looks two rows back.
    before_last: Vec<usize>,
    last: Vec<usize>,
    row: Vec<usize>,
}

impl Meter {
    /// The number of slips between `a` and `b`, or none if there are more than `limit`.
    pub(crate) fn distance(&mut self, a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
        if a.len().abs_diff(b.len()) > limit {
            return None;
        }
        for row in [&mut self.before_last, &mut self.last, &mut self.row] {
            row.resize(row.len().max(b.len() + 1), 0);
        }
        for (j, slips) in self.last.iter_mut().enumerate() {
            *slips = j;
        }
        let mut least_before = 0;
        for i in 1..=a.len() {
            let least = self.fill_row(i, a, b, limit);
            // The next row builds on these two, and a swap adds one to the earlier: no way back below the limit.
            if least > limit && least_before >= limit {
                return None;
            }
            least_before = least;
            swap(&mut self.before_last, &mut self.last);
            swap(&mut self.last, &mut self.row);
        }
        Some(self.last[b.len()]).filter(|&slips| slips <= limit)
    }

    /// Fills in the slips from the first `i` letters of `a` to the beginnings of `b`; returns the least of them.
    ///
    /// Beginnings that differ in length by more than `limit` are too far away anyway.
    fn fill_row(&mut self, i: usize, a: &[u8], b: &[u8], limit: usize) -> usize {
        let (from, to) = (i.saturating_sub(limit).max(1), (i + limit).min(b.len()));
        self.row[from - 1] = if from == 1 { i } else { limit + 1 };
        let mut least = self.row[from - 1];
        for j in from..=to {
            let replaced = self.last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut slips = replaced.min(self.last[j] + 1).min(self.row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                slips = slips.min(self.before_last[j - 2] + 1);
            }
            self.row[j] = slips;
            least = least.min(slips);
        }
        if to < b.len() {
            // The next row reads one step further.
            self.row[to + 1] = limit + 1;
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook table, in full.
    fn by_the_book(a: &[u8], b: &[u8]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    let swap = if swapped { table[i - 2][j - 2] + 1 } else { usize::MAX };
                    replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(swap)
                };
            }
        }
        table[a.len()][b.len()]
    }

    /// All words of up to `length` letters over `a`, `b`, `c`.
    fn all_words(length: usize) -> Vec<Vec<u8>> {
        let mut words = vec![Vec::new()];
        let mut from = 0;
        for _ in 0..length {
            let upto = words.len();
            for index in from..upto {
                words.extend(b"abc".iter().map(|letter| [&words[index][..], &[*letter]].concat()).collect::<Vec<_>>());
            }
            from = upto;
        }
        words
    }

    #[test]
    fn the_shortcuts_never_change_a_distance() {
        let words = all_words(5);
        let mut meter = Meter::default();
        for a in &words {
            for b in &words {
                let exact = by_the_book(a, b);
                for limit in [1, 2, 3] {
                    assert_eq!(meter.distance(a, b, limit), Some(exact).filter(|&slips| slips <= limit), "{a:?} {b:?}");
                }
            }
        }
    }
}
