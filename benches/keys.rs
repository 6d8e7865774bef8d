//! Keys, prepared before anything is timed.

use crate::contestants::Point;

/// How many different keys a row of the benchmark calls with.
const KEYS: u64 = 1_000;
/// How many calls are drawn of a distribution.
const DRAWN: usize = 10_000;

/// Random numbers, the same in every run: Knuth's generator, of which the high bits are the good ones.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Those of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number of 31 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// A number from zero up to, but not, `end`.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// From 0 to 1.
    #[allow(clippy::cast_precision_loss)] // 31 bits
    pub fn unit(&mut self) -> f64 {
        self.bits() as f64 / (1_u64 << 31) as f64
    }
}

/// Ranks from 0, of which the n-th comes up in proportion to n to the power of minus `skew`.
#[derive(Debug, Clone)]
pub struct Zipf {
    /// For each rank, how likely it or a lower one is.
    cumulative: Vec<f64>,
}

impl Zipf {
    /// Of so many ranks.
    #[allow(clippy::cast_precision_loss)] // a million at most
    pub fn new(ranks: usize, skew: f64) -> Self {
        let mut sum = 0.0;
        let mut cumulative: Vec<f64> = (1..=ranks)
            .map(|rank| {
                sum += (rank as f64).powf(-skew);
                sum
            })
            .collect();
        cumulative.iter_mut().for_each(|part| *part /= sum);
        Self { cumulative }
    }

    /// The next one.
    pub fn draw(&self, random: &mut Random) -> u64 {
        let at = random.unit();
        self.cumulative.partition_point(|part| *part < at) as u64
    }
}

/// The numbers up to a thousand, in an order without a pattern, the same in every run.
pub fn numbers() -> Vec<u64> {
    let mut keys: Vec<u64> = (0..KEYS).collect();
    let mut random = Random::new(1);
    for last in (1..keys.len()).rev() {
        #[allow(clippy::cast_possible_truncation)] // 31 bits
        keys.swap(last, random.below(last as u64 + 1) as usize);
    }
    keys
}

/// One number, over and over.
pub fn hot() -> Vec<u64> {
    vec![7; 1_000]
}

/// The same numbers, drawn by Zipf's law: a few of them make up most of the calls.
pub fn zipf() -> Vec<u64> {
    let (zipf, mut random, numbers) = (Zipf::new(1_000, 1.0), Random::new(2), numbers());
    #[allow(clippy::cast_possible_truncation)] // a thousand
    (0..DRAWN).map(|_| numbers[zipf.draw(&mut random) as usize]).collect()
}

/// As many texts of 13 bytes, in the same order.
pub fn names() -> Vec<&'static str> {
    texts().into_iter().map(|(text, _)| text).collect()
}

/// As many texts of 13 bytes, each with a number, in the same order.
pub fn texts() -> Vec<(&'static str, u64)> {
    numbers().into_iter().map(|n| (leaked(format!("user:{n:08}")), n)).collect()
}

/// As many texts of 256 bytes, which differ in the last ones.
pub fn long_texts() -> Vec<&'static str> {
    numbers().into_iter().map(|n| leaked(format!("{n:0>256}"))).collect()
}

/// As many structs.
pub fn points() -> Vec<Point> {
    #[allow(clippy::cast_possible_truncation)] // a thousand
    numbers().into_iter().map(|n| Point { id: n, place: (n as i32, -1), kind: (n % 3) as u8 }).collect()
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_there_once_and_out_of_order() {
        let mut keys = numbers();
        assert!(!keys.is_sorted());
        keys.sort_unstable();
        assert!(keys.into_iter().eq(0..KEYS));
    }

    #[test]
    fn by_zipfs_law_the_first_comes_up_twice_as_often_as_the_second() {
        let (zipf, mut random) = (Zipf::new(1_000, 1.0), Random::new(3));
        let mut counts = [0_u32; 2];
        for _ in 0..200_000 {
            if let Some(count) = counts.get_mut(usize::try_from(zipf.draw(&mut random)).unwrap()) {
                *count += 1;
            }
        }
        let ratio = f64::from(counts[0]) / f64::from(counts[1]);
        assert!((1.9..2.1).contains(&ratio), "{ratio}");
    }
}
