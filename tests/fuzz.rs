//! The fuzz target of `fuzz/` in stable builds: its harness function on inputs made from its corpus and dictionary.
//!
//! `FUZZ_INPUTS` says how many, `FUZZ_SEED` which ones.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

#[path = "../fuzz/exercise.rs"]
mod exercise;

use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn corpus() -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder().join("corpus/jql")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// The pieces of a libFuzzer dictionary: quoted, with `\\`, `\"` and `\xNN`.
fn dictionary() -> Vec<Vec<u8>> {
    let text = fs::read_to_string(folder().join("jql.dict")).unwrap();
    let quoted = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted.map(unescaped).collect()
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut piece = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (b'\\', [b'x', high, low, after @ ..]) => {
                let digits = [*high, *low];
                piece.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                after
            }
            (b'\\', [escaped, after @ ..]) => {
                piece.push(*escaped);
                after
            }
            _ => {
                piece.push(*first);
                after
            }
        };
    }
    piece
}

/// Longest input; parsing one again and again stays quick.
const LONGEST: usize = 2_000;

fn mutate(input: &mut Vec<u8>, corpus: &[Vec<u8>], dictionary: &[Vec<u8>], random: &mut StdRng) {
    let at = random.random_range(0..=input.len());
    let end = random.random_range(at..=input.len());
    match random.random_range(0..7) {
        0 => input.insert(at, random.random()),
        1 => drop(input.drain(at..end)),
        2 => {
            let part = input[at..end].to_vec();
            input.splice(at..at, part);
        }
        3 | 4 => {
            let piece = &dictionary[random.random_range(0..dictionary.len())];
            input.splice(at..at, piece.iter().copied());
        }
        5 => {
            let piece = &dictionary[random.random_range(0..dictionary.len())];
            input.splice(at..end, piece.iter().copied());
        }
        _ => {
            let other = &corpus[random.random_range(0..corpus.len())];
            let from = random.random_range(0..=other.len());
            input.splice(at..end, other[from..].iter().copied());
        }
    }
    input.truncate(LONGEST);
}

#[test]
fn any_bytes_as_a_query() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (inputs, seed) = (number("FUZZ_INPUTS", 50_000), number("FUZZ_SEED", 1));
    let (mut corpus, dictionary) = (corpus(), dictionary());
    let mut random = StdRng::seed_from_u64(seed);
    let mut parsed = 0_u64;
    for input in &corpus {
        exercise::jql(input);
    }
    for tried in 0..inputs {
        let mut input = corpus[random.random_range(0..corpus.len())].clone();
        for _ in 0..random.random_range(1..8) {
            mutate(&mut input, &corpus, &dictionary, &mut random);
        }
        let Ok(is_query) = catch_unwind(|| exercise::jql(&input)) else {
            panic!("input {tried} of seed {seed}: {:?}", String::from_utf8_lossy(&input));
        };
        parsed += u64::from(is_query);
        // What is a query leads to others.
        if is_query && corpus.len() < 2_000 {
            corpus.push(input);
        }
    }
    println!("jql: {inputs} inputs tried with seed {seed}: {parsed} were queries, {} were refused", inputs - parsed);
    assert!(parsed > 0 && parsed < inputs);
}
