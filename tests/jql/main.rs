//! JQL as the server answers it, against a second interpreter of its own: both have to find the same issues, in an
//! order that is right.
//!
//! Sites and queries are drawn from a seed. `JQL_SEED` repeats a run, `JQL_CASES` sets how many queries are asked. What
//! they disagree about is made small, query and site, and printed with the site's seed; with `JQL_KEEP_ON`, the query
//! alone, and the run goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

mod coverage;
mod eval;
mod load;
mod queries;
mod site;
mod sites;

use chrono::Utc;
use futures::{StreamExt, stream};
use load::Loaded;
use mock_jira::{MockJira, app::search, db::Db, domain::jql};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use site::{Site, USERS, User};
use std::time::Instant;

/// Sites that are asked about at a time, so that neither the database nor the interpreter waits for the other.
const SITES: usize = 3;
/// Queries asked of one site.
const PER_SITE: u64 = 250;
/// Most steps of making a failure small.
const STEPS: usize = 400;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A runner whose draws follow from a seed.
fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// From whom the queries about a site come, in turn; who sees much asks more.
fn callers(seed: u64) -> [Option<User>; 8] {
    let any = (seed % USERS.len() as u64) as User;
    [Some(0), Some(1), Some(1), Some(0), Some(any), Some(0), Some(2), None]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_interpreters_agree() {
    let cases = setting("JQL_CASES").unwrap_or(20_000);
    let first = setting("JQL_SEED").unwrap_or_else(|| Utc::now().timestamp_millis().unsigned_abs());
    let keep_on = setting("JQL_KEEP_ON").is_some();
    let mock = MockJira::builder().start().await.unwrap();
    let db = &mock.server().db;
    let started = Instant::now();
    let seeds = stream::iter(first..first + cases.div_ceil(PER_SITE));
    let tallies = seeds.map(|seed| ask_all(db, seed, PER_SITE.min(cases), keep_on)).buffer_unordered(SITES);
    let tally = tallies.fold(Tally::default(), async |sum, tally| sum.and(&tally)).await;
    println!("{cases} queries from seed {first} in {:.0} s: {tally:?}", started.elapsed().as_secs_f64());
    assert_eq!(tally.disagreed, 0);
    // Queries that find nothing show little.
    assert!(tally.found * 5 > tally.asked, "too few find something: {tally:?}");
    mock.stop().await.unwrap();
}

/// Asks queries about one site.
async fn ask_all(db: &Db, seed: u64, cases: u64, keep_on: bool) -> Tally {
    let mut tally = Tally::default();
    let mut runner = runner(seed);
    let mut tree = sites::site().new_tree(&mut runner).unwrap();
    let mut world = World::make(db, tree.current()).await;
    let callers = callers(seed);
    let strategies = callers.map(|caller| queries::query(&world.site, caller.is_some()));
    for case in 0..cases as usize {
        let caller = callers[case % callers.len()];
        let mut query = strategies[case % callers.len()].new_tree(&mut runner).unwrap();
        let Err(told) = world.ask(caller, &query.current(), &mut tally).await else { continue };
        let (text, told) = small_query(&world, caller, &mut query, told).await;
        let who = caller.map_or("an anonymous caller", |user| USERS[user].name);
        if keep_on {
            println!("{text}\n  asked by {who}, seed {seed}: {told}");
            tally.disagreed += 1;
            continue;
        }
        world = small_site(db, world, caller, &text, &mut tree).await;
        let told = world.ask(caller, &text, &mut tally).await.unwrap_err();
        panic!("{text}\nasked by {who}: {told}\n{:#?}\nRepeat with JQL_SEED={seed} JQL_CASES={PER_SITE}", world.site);
    }
    db.delete_site(world.loaded.site_id).await.unwrap();
    tally
}

/// What the queries came to.
#[derive(Debug, Default)]
struct Tally {
    asked: u64,
    found: u64,
    meaningless: u64,
    disagreed: u64,
}

impl Tally {
    fn and(self, other: &Self) -> Self {
        Self {
            asked: self.asked + other.asked,
            found: self.found + other.found,
            meaningless: self.meaningless + other.meaningless,
            disagreed: self.disagreed + other.disagreed,
        }
    }
}

/// A site, in memory and stored.
struct World {
    site: Site,
    loaded: Loaded,
}

impl World {
    async fn make(db: &Db, site: Site) -> Self {
        let loaded = load::load(db, &site).await;
        Self { site, loaded }
    }

    /// Asks both; what they disagree about.
    async fn ask(&self, caller: Option<User>, text: &str, tally: &mut Tally) -> Result<(), String> {
        let query = jql::parse(text).map_err(|error| format!("the query is none: {error}"))?;
        let expected = eval::search(&self.site, caller, &query);
        let found = search::search(self.loaded.context(caller), text, 0, 1000).await;
        let found = found.map_err(|failure| format!("the server refuses: {failure:?}"))?.ids;
        tally.asked += 1;
        tally.found += u64::from(!found.is_empty());
        tally.meaningless += u64::from(!expected.meaningful);
        let missing: Vec<_> = expected.ids.iter().filter(|id| !found.contains(id)).collect();
        let surplus: Vec<_> = found.iter().filter(|id| !expected.ids.contains(id)).collect();
        if !missing.is_empty() || !surplus.is_empty() {
            return Err(format!("the server misses {missing:?} and finds {surplus:?} too"));
        }
        expected.order.admits(&found).map_err(|(first, second)| format!("the server has {first} before {second}"))
    }
}

/// The smallest query found about which both disagree as well.
async fn small_query(
    world: &World,
    caller: Option<User>,
    tree: &mut impl ValueTree<Value = String>,
    told: String,
) -> (String, String) {
    let mut best = (tree.current(), told);
    let mut more = tree.simplify();
    for _ in 0..STEPS {
        if !more {
            break;
        }
        let text = tree.current();
        more = match world.ask(caller, &text, &mut Tally::default()).await {
            Err(told) => {
                best = (text, told);
                tree.simplify()
            }
            Ok(()) => tree.complicate(),
        };
    }
    best
}

/// The smallest site found on which both disagree about a query as well.
async fn small_site(
    db: &Db,
    world: World,
    caller: Option<User>,
    text: &str,
    tree: &mut impl ValueTree<Value = Site>,
) -> World {
    let mut best = world;
    let mut more = tree.simplify();
    for _ in 0..STEPS {
        if !more {
            break;
        }
        let smaller = World::make(db, tree.current()).await;
        let agree = smaller.ask(caller, text, &mut Tally::default()).await.is_ok();
        let done = if agree { smaller } else { std::mem::replace(&mut best, smaller) };
        db.delete_site(done.loaded.site_id).await.unwrap();
        more = if agree { tree.complicate() } else { tree.simplify() };
    }
    best
}
