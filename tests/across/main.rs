//! Functions whose values processes share: on a real server, from several handles and several processes.

mod cluster;
mod cost;
mod gated;
mod gone;
mod harmless;
mod support;
