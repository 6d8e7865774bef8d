//! What the figures were measured on.

use std::fs;
use std::hash::{Hash, Hasher};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::process::Command;

/// The processor, its cores, the compiler and the locks.
pub fn describe() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map(|(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("--version").output().ok();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let profile = if cfg!(debug_assertions) { "UNOPTIMIZED" } else { "optimized" };
    format!(
        "{}, {cores} cores; {}, {profile}; quick_cache, bare and in ctu, locks with {}",
        model.unwrap_or("unknown processor"),
        rustc.as_deref().unwrap_or("unknown compiler"),
        lock_in_use().name(),
    )
}

/// Whose locks `quick_cache` was built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// `std::sync::RwLock`, which is what ctu asks for.
    Std,
    /// `parking_lot::RwLock`, which any crate in the build can ask for.
    ParkingLot,
    /// `crossbeam_utils::sync::ShardedLock`, for ctu's feature `sharded-lock`.
    Sharded,
}

impl Lock {
    /// The name of the crate.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Std => "std",
            Self::ParkingLot => "parking_lot",
            Self::Sharded => "crossbeam's `ShardedLock`",
        }
    }
}

/// Finds out by what tells them apart: after a panic under the exclusive lock those of `parking_lot` are not poisoned.
pub fn lock_in_use() -> Lock {
    let cache = quick_cache::sync::Cache::new(1);
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    cache.insert(Poison, ());
    let _ = catch_unwind(AssertUnwindSafe(|| cache.insert(Poison, ())));
    let is_poisoned = catch_unwind(AssertUnwindSafe(|| cache.len())).is_err();
    panic::set_hook(hook);
    if !is_poisoned {
        Lock::ParkingLot
    } else if cfg!(feature = "sharded-lock") {
        Lock::Sharded
    } else {
        Lock::Std
    }
}

struct Poison;

impl Hash for Poison {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl PartialEq for Poison {
    fn eq(&self, _: &Self) -> bool {
        panic!("poisons the lock")
    }
}

impl Eq for Poison {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_in_use_is_the_one_that_was_asked_for() {
        assert_eq!(lock_in_use(), if cfg!(feature = "sharded-lock") { Lock::Sharded } else { Lock::Std });
    }
}
