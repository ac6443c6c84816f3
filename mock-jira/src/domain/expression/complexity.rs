//! How many expensive operations an expression may take, as a formula.

use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Names of variables in formulas.
const NAMES: [&str; 8] = ["N", "M", "K", "L", "P", "Q", "R", "S"];

/// A sum of products: how often each product of list sizes is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formula(BTreeMap<Vec<usize>, usize>);

impl Formula {
    /// One more operation.
    pub fn add_one(&mut self) {
        *self.0.entry(Vec::new()).or_default() += 1;
    }

    /// Whether the size of no list is in it.
    pub fn is_constant(&self) -> bool {
        self.0.keys().all(Vec::is_empty)
    }

    /// Another formula more.
    pub fn add(&mut self, other: Self) {
        for (product, times) in other.0 {
            *self.0.entry(product).or_default() += times;
        }
    }

    /// The same, for each item of a list.
    pub fn times(self, variable: usize) -> Self {
        let multiplied = self.0.into_iter().map(|(mut product, times)| {
            product.push(variable);
            product.sort_unstable();
            (product, times)
        });
        Self(multiplied.collect())
    }

    /// The larger one of two: only one of them happens.
    pub fn or(self, other: Self) -> Self {
        let mut larger = self;
        for (product, times) in other.0 {
            let own = larger.0.entry(product).or_default();
            *own = times.max(*own);
        }
        larger
    }

    /// As text, and what its variables stand for; `lists` are the sources of all lists.
    pub fn write(&self, lists: &[String]) -> (String, IndexMap<&'static str, String>) {
        let mut variables = IndexMap::new();
        let mut terms = Vec::new();
        for (product, times) in self.0.iter().filter(|(_, times)| **times > 0) {
            let mut factors = Vec::new();
            if *times > 1 || product.is_empty() {
                factors.push(times.to_string());
            }
            for variable in product {
                let name = NAMES.get(*variable).copied().unwrap_or("X");
                variables.insert(name, lists.get(*variable).cloned().unwrap_or_default());
                factors.push(name.to_owned());
            }
            terms.push(factors.join(" * "));
        }
        (if terms.is_empty() { "0".into() } else { terms.join(" + ") }, variables)
    }
}
