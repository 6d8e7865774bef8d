//! What is asked of all nodes: their keys and their figures.

use std::sync::Arc;

use ctu_core::{Result, Stats};

use super::super::budget::Budget;
use super::super::command;
use super::super::scan::{self, Distinct};
use super::link::Link;
use super::nodes::Node;
use super::routing::Cluster;

impl<L: Link> Cluster<L> {
    pub(super) async fn len(&self) -> Result<usize> {
        let budget = Budget::new(self.settings());
        let nodes = self.primaries(&budget).await?;
        if self.settings().namespace.is_empty() {
            let sizes = self.ask_nodes(&nodes, command::size, &budget).await?;
            return sizes.into_iter().sum();
        }
        let mut found = Distinct::default();
        for node in &nodes {
            let mut cursor = 0;
            loop {
                let step = self.step(node, cursor).await?;
                found.add(&step.keys);
                if step.cursor == 0 {
                    break;
                }
                cursor = step.cursor;
            }
        }
        Ok(found.count())
    }

    /// What one node refuses or fails to do does not keep the others from it.
    pub(super) async fn clear(&self) -> Result<()> {
        self.settings().require_namespace()?;
        let mut outcome = Ok(());
        for node in self.primaries(&Budget::new(self.settings())).await? {
            let cleared = self.clear_node(&node).await;
            outcome = outcome.and(cleared);
        }
        outcome
    }

    pub(super) async fn flush(&self) -> Result<()> {
        let budget = Budget::new(self.settings());
        let nodes = self.primaries(&budget).await?;
        self.ask_nodes(&nodes, command::flush, &budget).await?.into_iter().collect()
    }

    pub(super) async fn stats(&self) -> Result<Stats> {
        let budget = Budget::new(self.settings());
        let nodes = self.primaries(&budget).await?;
        let mut sum = Stats::default();
        let mut entries = Some(0_u64);
        for stats in self.ask_nodes(&nodes, command::stats, &budget).await? {
            let stats = stats?;
            sum.hits = sum.hits.saturating_add(stats.hits);
            sum.reads = sum.reads.saturating_add(stats.reads);
            entries = entries.zip(stats.entries).map(|(sum, more)| sum.saturating_add(more));
        }
        sum.entries = entries;
        Ok(sum)
    }

    async fn clear_node(&self, node: &Arc<Node<L>>) -> Result<()> {
        let mut cursor = 0;
        loop {
            let step = self.step(node, cursor).await?;
            // One by one: their slots may differ, and a key may have moved since.
            self.ask_each(step.keys.iter().map(|key| scan::unlink(std::slice::from_ref(key))).collect()).await?;
            if step.cursor == 0 {
                return Ok(());
            }
            cursor = step.cursor;
        }
    }

    async fn step(&self, node: &Node<L>, cursor: u64) -> Result<scan::Step> {
        self.ask_node(node, scan::step(self.settings(), cursor), &Budget::new(self.settings())).await
    }
}
