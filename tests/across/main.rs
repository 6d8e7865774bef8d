//! Functions whose values processes share: on a real server, from several handles and several processes.

// Functions that are cached for the sake of it.
#![allow(clippy::erasing_op, clippy::no_effect, clippy::unnecessary_operation, clippy::unused_async)]

mod cluster;
mod cost;
mod deadlines;
#[path = "../gate/mod.rs"]
mod gate;
mod gated;
mod gone;
mod harmless;
mod late;
mod policies;
mod support;
