//! The fuzz targets, for a moment: over their corpus, and over damaged forms of it made from a seed.

use std::fs;

use crate::support::Rng;

#[path = "../../../fuzz/targets.rs"]
mod targets;

const RUNS: u64 = 100_000;

/// The kept inputs of a target.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = format!("{}/../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn damage(rng: &mut Rng, data: &mut Vec<u8>, other: &[u8]) {
    let mut place = |len: usize| usize::try_from(rng.below(len as u64 + 1)).unwrap();
    let (at, end) = (place(data.len()), place(other.len()));
    let kind = place(5);
    let byte = u8::try_from(place(255)).unwrap();
    match kind {
        0 => data.truncate(at),
        1 => data.insert(at, byte),
        2 => drop(data.splice(at.., other[..end].iter().copied())),
        3 if at < data.len() => drop(data.remove(at)),
        4 if at < data.len() => data[at] ^= 1 << (byte % 8),
        _ => data.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
    }
}

#[test]
fn law2_harmless_no_target_panics_on_its_corpus_or_damaged_forms_of_it() {
    for (name, target) in targets::TARGETS {
        let corpus = corpus(name);
        assert!(corpus.len() >= 5, "{name} has too few inputs to start from");
        for data in &corpus {
            target(data);
        }
        let mut rng = Rng(13);
        let pick = |rng: &mut Rng| &corpus[usize::try_from(rng.below(corpus.len() as u64)).unwrap()];
        for _ in 0..RUNS / targets::TARGETS.len() as u64 {
            let mut data = pick(&mut rng).clone();
            for _ in 0..=rng.below(4) {
                let other = pick(&mut rng);
                damage(&mut rng, &mut data, other);
            }
            target(&data);
        }
    }
}
