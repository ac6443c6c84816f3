//! What expressions give.

use super::{run, value};
use serde_json::{Value, json};

#[test]
fn literals_and_operators() {
    for (source, expected) in [
        ("1 + 2 * 3", json!(7)),
        ("(1 + 2) * 3 % 4", json!(1)),
        ("10 - 4 - 3", json!(3)),
        ("-2 * -1.5e1", json!(30)),
        ("1 / 4", json!(0.25)),
        ("1 / 0", json!("inf")),
        ("'Jira' + ' ' + 5 + null + true", json!("Jira 5nulltrue")),
        ("1 + 2 + 'a'", json!("3a")),
        ("`Sum: ${1 + 1}, ${`${'in'}ner`} {}`", json!("Sum: 2, inner {}")),
        ("'\\u0041\\'\\n'", json!("A'\n")),
        ("1 < 2 && 'a' < 'b' && !(2 <= 1) && 2 >= 2", json!(true)),
        ("1 == 1.0 && 'a' != 'b' && 1 != '1' && null == null", json!(true)),
        ("[1, { a: [2] }] == [1, { a: [2] }]", json!(true)),
        ("null ?? 'else'", json!("else")),
        ("0 ?? 1", json!(0)),
        ("'' || 'else'", json!("else")),
        ("0 && 1", json!(0)),
        ("true ? 'a' : false ? 'b' : 'c'", json!("a")),
        ("!'' && !0 && !!'x' && !null && !![]", json!(true)),
        ("// none\n 1 /* some */ + 1", json!(2)),
        ("[1, 2,]", json!([1, 2])),
        ("{ a: 1, 'b-c': [], if: null, }", json!({ "a": 1, "b-c": [], "if": null })),
        ("{}", json!({})),
    ] {
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn types_are_told() {
    for (source, expected) in [
        ("typeof issue", "Issue"),
        ("typeof issues", "List"),
        ("typeof issue.comments[0]", "Comment"),
        ("typeof issue.properties", "EntityProperties"),
        ("typeof nothing", "undefined"),
        ("typeof null", "null"),
        ("typeof 1", "Number"),
        ("typeof ''", "String"),
        ("typeof true", "Boolean"),
        ("typeof {}", "Map"),
        ("typeof (x => x)", "Function"),
        ("typeof /a/", "RegExp"),
        ("typeof new Date()", "Date"),
        ("typeof issue.dueDate", "CalendarDate"),
        ("typeof new RichText({})", "RichText"),
    ] {
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn members_and_chains() {
    for (source, expected) in [
        ("issue.key", json!("A-1")),
        ("issue['k' + 'ey']", json!("A-1")),
        ("issues[1].parent.key", json!("A-1")),
        ("issues[7]", Value::Null),
        ("issue.parent?.parent.parent.key", Value::Null),
        ("issue?.nothing", Value::Null),
        ("issue?.['nothing']", Value::Null),
        ("user?.accountId ?? 'nobody'", json!("nobody")),
        ("user?.getProjectRoles(null)", Value::Null),
        ("config.a[1].b", Value::Null),
        ("config.none", Value::Null),
        ("config.get", json!(1)),
        ("config['a'][0]", json!(1)),
        ("issue.customfield_10010.value", json!("Red")),
        ("issue.properties['a.b-c']", json!("a.b-c of 1")),
        ("issue.properties.flag + issue.properties.get('x')", json!("flag of 1x of 1")),
        ("issue.properties.keys()", json!(["a"])),
        ("new Issue(2).key", json!("A-2")),
        ("new Issue(9)", Value::Null),
        ("issue == new Issue(1)", json!(true)),
        ("issues.includes(issue)", json!(true)),
    ] {
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn functions_and_blocks() {
    for (source, expected) in [
        ("let a = 1; let b = a + 1; a + b", json!(3)),
        ("a = 1; return a;", json!(1)),
        ("let double = x => x * 2; double(double(3))", json!(12)),
        ("((a, b) => { let c = a; return c - b; })(5, 3)", json!(2)),
        ("(() => { a: 1 })()", json!({ "a": 1 })),
        ("[1].map(x => ({ a: x }))", json!([{ "a": 1 }])),
        ("[1, 2].map((x, i) => [i, x])", json!([[0, 1], [1, 2]])),
        ("let x = 1; [2].map(x => x)[0] + x", json!(3)),
        ("if (1 > 2) { return 'a'; } else if (true) { 'b' } else { 'c' }", json!("b")),
        ("try { issue.none } catch (e) { e.message.slice(0, 12) + e.location }", json!("Unrecognizedissue.none")),
        ("try { throw 'no' } catch (e) { e.message }", json!("no")),
        ("try { throw { a: 1 } } catch { 'caught' }", json!("caught")),
        ("try { 1 } catch (e) { 2 }", json!(1)),
    ] {
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn lists_and_maps() {
    for (source, expected) in [
        ("[1, 2, 3].filter(x => x % 2).map(x => x * 10)", json!([10, 30])),
        ("[[1], [2, [3]], 4].flatten()", json!([1, 2, [3], 4])),
        ("[1, 2].flatMap(x => [x, x])", json!([1, 1, 2, 2])),
        ("[1, 2].some(x => x > 1) && [1, 2].every(x => x > 0) && [].every(x => false)", json!(true)),
        ("[1, 2, 3].reduce((a, b) => a + b)", json!(6)),
        ("[1, 2].reduce((a, b) => a + b, 'x')", json!("x12")),
        ("[3, 1, 2].sort()", json!([1, 2, 3])),
        (
            "['a1', 'b1', 'a0'].sort((a, b) => a.slice(0, 1) == b.slice(0, 1) ? 0 : a < b ? -1 : 1)",
            json!(["a1", "a0", "b1"]),
        ),
        ("[1, 2, 3].slice(-2, -1)", json!([2])),
        ("[1, 2].indexOf(2) + [1].indexOf(2)", json!(0)),
        ("[1].concat(2).concat([3])", json!([1, 2, 3])),
        ("['a', 1, null].join() + ['b', 'c'].join('-')", json!("a,1,nullb-c")),
        ("[[], [1]].length", json!(2)),
        ("new Map().set('a', 1).set('a', 2).entries()", json!([["a", 2]])),
        (
            "issues.reduce((all, i) => all.set(i.summary, (all[i.summary] || 0) + 1), new Map())",
            json!({ "Summary": 2 }),
        ),
        (
            "JSON.stringify({ a: [1, true, null], d: new CalendarDate('2026-01-02') })",
            json!(r#"{"a":[1,true,null],"d":"2026-01-02"}"#),
        ),
        ("JSON.parse('{\"b\": [2]}').b[0]", json!(2)),
        ("Number('12.5') + Number(true)", json!(13.5)),
        ("Number('twelve')", json!("NaN")),
    ] {
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn texts() {
    for (source, expected) in [
        ("' a '.trim().toUpperCase() + 'B'.toLowerCase()", json!("Ab")),
        ("'abcd'.slice(1, -1) + 'abc'.slice(-1)", json!("bcc")),
        ("'a b'.split(' ').concat('ab'.split('')).concat('x'.split())", json!(["a", "b", "a", "b", "x"])),
        ("'7'.padStart(3, '0') + '7'.padEnd(3, 'ab') + '|'.padStart(2)", json!("0077ab |")),
        ("'ab'.repeat(2).length", json!(4)),
        ("'hello'.includes('ell') && 'hello'.indexOf('l') == 2 && 'x'.indexOf('y') == -1", json!(true)),
        ("'2026-03'.match('(\\\\d+)-(\\\\d+)')", json!(["2026-03", "2026", "03"])),
        ("'abc'.match(/B/i)[0] + ('abc'.match(/x/) ?? '-')", json!("b-")),
        ("'a1b22'.matchAll(/[a-z](\\d+)/g).map(m => m[1])", json!(["1", "22"])),
        ("'a-b-c'.replace(/-/, '+') + 'a-b-c'.replace(/-/g, '+') + 'a-b-c'.replace('-', '')", json!("a+b-ca+b+cabc")),
        ("'john smith'.replace(/(\\w+) (\\w+)/, '$2 $1')", json!("smith john")),
        ("'a1'.replace(/\\d/g, d => Number(d) + 1)", json!("a2")),
        ("'aé😀'.length", json!(4)),
    ] {
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn dates() {
    for (source, expected) in [
        ("new Date().toISOString()", json!("2026-09-14T10:30:00.000Z")),
        ("new Date().getHours() + ':' + new Date().getMinutes()", json!("12:30")), // at the caller's place
        ("new Date('2018-06-29T22:16:37.471+1000').getTime()", json!(1_530_274_597_471_i64)),
        ("new Date(0).plusDays(1).plusHours(-1).minusMinutes(30).toISOString()", json!("1970-01-01T22:30:00.000Z")),
        ("new Date('29/Jun/18 10:16 PM').toISOString()", json!("2018-06-29T20:16:00.000Z")),
        ("new Date('2026-01-31T12:00:00Z').plusMonths(1).toISOString()", json!("2026-02-28T12:00:00.000Z")),
        ("new Date('2026-01-31T23:30:00Z').toCalendarDate()", json!("2026-02-01")),
        ("new Date('2026-01-31T23:30:00Z').toCalendarDateUTC().toString()", json!("31/Jan/26")),
        ("new Date() > new Date().minusDays(7)", json!(true)),
        ("new CalendarDate().toISOString()", json!("2026-09-14")),
        ("new CalendarDate('2026-03-31').minusMonths(1) < issue.dueDate", json!(true)),
        ("[issue.dueDate.getDay(), issue.dueDate.getDate(), issue.dueDate.getMonth()]", json!([2, 31, 2])),
        ("new Date().toString()", json!("14/Sep/26 12:30 PM")),
    ] {
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn rich_text_is_shown_as_plain_text() {
    let paragraph =
        "{ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Hi' }] }] }";
    assert_eq!(value(&format!("new RichText({paragraph}).plainText")), "Hi");
}

#[test]
fn costs_are_counted() {
    for (source, expensive) in [
        ("issue.key + issue.summary", 0),
        ("issue.comments.map(c => c.id)", 1),
        ("issue.comments.length + issue.comments.length", 1),
        ("issues.map(i => i.comments.map(c => c.id))", 2),
        ("issues.map(i => i.comments.length)", 1),
        ("issues.map(i => i.parent)", 1),
        ("issues.map(i => i.properties.a)", 1),
        ("issues.map(i => [i.properties.a, i.properties['b']])", 2),
        ("issues.map(i => i.customfield_10010)", 1),
        ("new Issue(2).comments", 2),
    ] {
        assert_eq!(run(source).unwrap().expensive, expensive, "{source}");
    }
    let outcome = run("{ key: issue.key, all: [issue, issues[1]], n: [1, 2] }").unwrap();
    assert_eq!((outcome.primitives, outcome.beans), (3, 2));
    assert_eq!(run("1").unwrap().steps, 0);
    assert_eq!(run("1 + 1").unwrap().steps, 1);
    assert_eq!(run("issue.key").unwrap().steps, 2);
}
