//! Ranks: strings whose order is the order of issues on boards and in backlogs (J-42).

/// The rank of a new issue: behind all that were created before, with room between neighbours.
pub fn initial(issue_id: i64) -> String {
    // Six digits of base 36 that begin with `i`, eight apart, as Jira hands them out.
    const FIRST: i64 = 18 * 36_i64.pow(5) + 7;
    let mut number = FIRST + 8 * (issue_id - 10_000).max(0);
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize];
        number /= 36;
    }
    format!("0|{}:", String::from_utf8_lossy(&digits))
}

#[cfg(test)]
mod tests {
    use super::initial;

    #[test]
    fn later_issues_rank_behind() {
        assert_eq!(initial(10_000), "0|i00007:");
        assert_eq!(initial(10_001), "0|i0000f:");
        assert!(initial(10_000_000) > initial(9_999_999));
    }
}
