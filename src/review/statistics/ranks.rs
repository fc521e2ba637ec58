//! Places with ties, and how alike two orders are.

/// Values nearer than this share of their size are equal: sums in another order differ in the last bits.
const EQUAL: f64 = 1e-9;

fn equal(a: f64, b: f64) -> bool {
    (a - b).abs() <= EQUAL * a.abs().max(b.abs()).max(1.0)
}

/// The place of each value, 1 for the highest; equal values share the better place, and the places after it stay
/// empty (1, 2, 2, 4: competition ranking). None has none.
#[must_use]
pub fn competition_ranks(values: &[Option<f64>]) -> Vec<Option<usize>> {
    let mut order: Vec<(f64, usize)> = values.iter().enumerate().filter_map(|(i, v)| v.map(|v| (v, i))).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut ranks = vec![None; values.len()];
    let mut head = (f64::NAN, 0);
    for (place, &(value, i)) in order.iter().enumerate() {
        if !equal(head.0, value) {
            head = (value, place + 1);
        }
        ranks[i] = Some(head.1);
    }
    ranks
}

/// Positions by rank, then by id: the order to print. Who has no rank comes last.
#[must_use]
pub fn display_order<I: Ord>(ranks: &[Option<usize>], ids: &[I]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_by_key(|&i| (ranks[i].is_none(), ranks[i], &ids[i]));
    order
}

/// Kendall's tau-b, -1 to 1, by which ties on one side count as neither for nor against (Kendall, "The treatment of
/// ties in ranking problems", 1945). None where a side is constant.
#[must_use]
pub fn tau_b(a: &[f64], b: &[f64]) -> Option<f64> {
    let sign = |x: f64, y: f64| if equal(x, y) { 0.0 } else { (x - y).signum() };
    let (mut both, mut in_a, mut in_b) = (0.0, 0.0, 0.0);
    for i in 0..a.len() {
        for j in 0..i {
            let (x, y) = (sign(a[i], a[j]), sign(b[i], b[j]));
            both += x * y;
            in_a += x.abs();
            in_b += y.abs();
        }
    }
    (in_a > 0.0 && in_b > 0.0).then(|| both / f64::sqrt(in_a * in_b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_a_place_and_are_shown_by_id() {
        let values = [Some(0.1 + 0.2), Some(9.0), None, Some(0.3), Some(0.0)];
        let ranks = competition_ranks(&values);
        assert_eq!(ranks, [Some(2), Some(1), None, Some(2), Some(4)]);
        assert_eq!(display_order(&ranks, &["e", "d", "c", "b", "a"]), [1, 3, 0, 4, 2]);
    }

    #[test]
    fn tau_b_of_the_example_in_the_documentation_of_scipy() {
        let tau = tau_b(&[12.0, 2.0, 1.0, 12.0, 2.0], &[1.0, 4.0, 7.0, 1.0, 0.0]).unwrap();
        assert!((tau + 0.471_404_520_791_031_7).abs() < 1e-12);
        assert_eq!(tau_b(&[1.0, 1.0], &[1.0, 2.0]), None);
    }
}
