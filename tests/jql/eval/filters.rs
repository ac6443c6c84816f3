//! Saved filters: a query within the query, as the one who asks has it answered.

use super::{Asker, Meaning, Meaningless, flat};
use crate::site::*;
use mock_jira::domain::jql::{Operand, Operator, Value};

/// A filter that needs more filters in filters than there are needs itself.
const DEEPEST: usize = FILTERS.len();

impl Asker<'_> {
    /// Whether an issue is one that the named filters find, or is none.
    pub fn in_filters(self, operator: Operator, operand: &Operand, issue: &Issue) -> Meaning<bool> {
        let negative = match operator {
            Operator::Eq | Operator::In => false,
            Operator::NotEq | Operator::NotIn => true,
            _ => return Err(Meaningless),
        };
        if self.filters == DEEPEST {
            return Err(Meaningless);
        }
        let within = Asker { filters: self.filters + 1, ..self };
        let found = |operand: &&Operand| match operand {
            Operand::Value(value) => within.matches(self.filter(value)?.query.where_clause.as_ref(), issue),
            _ => Err(Meaningless),
        };
        let found = flat(operand).iter().map(found).collect::<Meaning<Vec<bool>>>()?;
        Ok(found.contains(&true) != negative)
    }

    /// The filter of a name or an id, if the caller has it or it is shared with them.
    fn filter(&self, value: &Value) -> Meaning<&Filter> {
        let named =
            |filter: &&Filter| filter.name.eq_ignore_ascii_case(&value.text) || filter.id.to_string() == value.text;
        let has = |filter: &&Filter| match filter.shared {
            _ if self.caller == Some(filter.owner) => true,
            Shared::Nobody => false,
            Shared::Accounts => self.caller.is_some(),
            Shared::Everybody => true,
            Shared::Group(group) => self.in_group(group),
        };
        self.site.filters.iter().filter(named).find(has).ok_or(Meaningless)
    }
}
