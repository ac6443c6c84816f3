//! Trees over the whole grammar, printed and parsed again.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::super::{
    Clause, Direction, Field, FieldKind, Function, List, Operand, Operator, Origin, Predicate, PredicateOperator,
    Property, Query, Sort, Terminal, Value, parse,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_printed_parses_to_the_same_tree(query in query()) {
        let printed = query.to_string();
        prop_assert_eq!(parse(&printed), Ok(query), "{}", printed);
    }
}

/// Any query.
pub(super) fn query() -> impl Strategy<Value = Query> {
    (option::of(clause()), vec(sort(), 0..4)).prop_map(|(where_clause, order_by)| Query { where_clause, order_by })
}

fn clause() -> impl Strategy<Value = Clause> {
    terminal().prop_recursive(5, 30, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Clause::And),
            vec(inner.clone(), 2..4).prop_map(Clause::Or),
            inner.prop_map(|clause| Clause::Not(Box::new(clause))),
        ]
    })
}

fn terminal() -> impl Strategy<Value = Clause> {
    let test = prop_oneof![value_test(), list_test(), is_test(), was_test(), changed_test()];
    (field(), test).prop_map(|(field, (operator, operand, predicates))| {
        Clause::Terminal(Box::new(Terminal { field, operator, operand, predicates, origin: Origin::default() }))
    })
}

/// What follows a field.
type Test = (Operator, Option<Operand>, Vec<Predicate>);

fn value_test() -> impl Strategy<Value = Test> {
    use Operator::{Eq, Gt, GtEq, Like, Lt, LtEq, NotEq, NotLike};
    let operator = prop::sample::select(&[Eq, NotEq, Like, NotLike, Lt, Gt, LtEq, GtEq][..]);
    (operator, single()).prop_map(|(operator, operand)| (operator, Some(operand), Vec::new()))
}

fn list_test() -> impl Strategy<Value = Test> {
    use Operator::{In, NotIn, WasIn, WasNotIn};
    let operator = prop::sample::select(&[In, NotIn, WasIn, WasNotIn][..]);
    (operator, prop_oneof![list(), function()], vec(predicate(false), 0..3)).prop_map(
        |(operator, operand, mut predicates)| {
            if !operator.is_history() {
                predicates.clear();
            }
            (operator, Some(operand), predicates)
        },
    )
}

fn is_test() -> impl Strategy<Value = Test> {
    (prop::sample::select(&[Operator::Is, Operator::IsNot][..]), operand())
        .prop_map(|(operator, operand)| (operator, Some(operand), Vec::new()))
}

fn was_test() -> impl Strategy<Value = Test> {
    (prop::sample::select(&[Operator::Was, Operator::WasNot][..]), single(), vec(predicate(false), 0..4))
        .prop_map(|(operator, operand, predicates)| (operator, Some(operand), predicates))
}

fn changed_test() -> impl Strategy<Value = Test> {
    vec(predicate(true), 0..5).prop_map(|predicates| (Operator::Changed, None, predicates))
}

fn predicate(of_changed: bool) -> impl Strategy<Value = Predicate> {
    use PredicateOperator::{After, Before, By, During, From, On, To};
    let all = &[After, Before, On, During, By, From, To];
    let operator = prop::sample::select(&all[..if of_changed { 7 } else { 5 }]);
    (operator, operand()).prop_map(|(operator, operand)| Predicate { operator, operand })
}

/// Any operand but a list.
fn single() -> impl Strategy<Value = Operand> {
    prop_oneof![4 => value().prop_map(Operand::Value), 1 => function(), 1 => Just(Operand::Empty)]
}

fn list() -> impl Strategy<Value = Operand> {
    let of = |items| Operand::List(List { items, origin: Origin::default() });
    vec(single(), 1..4)
        .prop_map(of)
        .prop_recursive(3, 12, 3, move |inner| vec(prop_oneof![inner, single()], 1..4).prop_map(of))
}

fn operand() -> impl Strategy<Value = Operand> {
    prop_oneof![single(), list()]
}

fn function() -> impl Strategy<Value = Operand> {
    (text(), vec(value(), 0..3))
        .prop_map(|(name, args)| Operand::Function(Function { name, args, origin: Origin::default() }))
}

fn value() -> impl Strategy<Value = Value> {
    let text = text().prop_map(|text| (text, false));
    let number = "-?[0-9]{1,25}".prop_map(|text| (text, true));
    prop_oneof![3 => text, 1 => number].prop_map(|(text, number)| Value { text, number, origin: Origin::default() })
}

fn sort() -> impl Strategy<Value = Sort> {
    let direction = option::of(prop::sample::select(&[Direction::Asc, Direction::Desc][..]));
    (field(), direction).prop_map(|(field, direction)| Sort { field, direction })
}

fn field() -> impl Strategy<Value = Field> {
    let by_name = text().prop_map(|name| (name, FieldKind::Name));
    let by_id = any::<u64>().prop_map(|id| (format!("cf[{id}]"), FieldKind::CustomFieldId(id)));
    let property = (text(), option::of(text())).prop_map(|(key, path)| Property { key, path });
    (prop_oneof![3 => by_name, 1 => by_id], vec(property, 0..3)).prop_map(|((name, kind), properties)| Field {
        name,
        kind,
        properties,
        origin: Origin::default(),
    })
}

/// Texts of every kind: plain words, digits, words that need quotes, and anything else.
fn text() -> impl Strategy<Value = String> {
    let awkward = &["", "and", "NULL", "cf", "cf[1]", "set", "True", "-", ".a", "a b", "it's", "\"", "\\", "-5", "5"];
    prop_oneof![
        4 => "[a-z.:_-]{1,8}",
        2 => prop::sample::select(&awkward[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "\\PC*",
        1 => "[\\x00-\\x20\\x7f-\\xa0\"'\\\\]*",
    ]
}
