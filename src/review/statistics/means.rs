//! Means of a case over its judges.

use super::Scores;
use crate::eval::metrics::mean;

/// A mean over judges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaseMean {
    /// None where no judge counts.
    pub mean: Option<f64>,
    /// How many judges count.
    pub judges: usize,
}

/// Mean of the totals of each case, on the scale of the scores.
#[must_use]
pub fn raw_means(panel: &Scores) -> Vec<CaseMean> {
    let mut values = vec![Vec::new(); panel.cases().len()];
    panel.totals().iter().for_each(|t| values[t.case].push(t.value));
    means(&values)
}

/// Mean of the z-scores of each case: by how many of its standard deviations a judge lifts it above that judge's mean.
///
/// A judge with fewer than two totals, or with equal ones, does not say which case is better and is left out. The
/// deviation is that of a sample (n - 1).
#[must_use]
pub fn z_means(panel: &Scores) -> Vec<CaseMean> {
    let mut values = vec![Vec::new(); panel.cases().len()];
    let totals = panel.totals();
    for own in totals.chunk_by(|a, b| a.judge == b.judge) {
        let centre = mean(own.iter().map(|t| t.value));
        let squares: f64 = own.iter().map(|t| (t.value - centre).powi(2)).sum();
        if own.iter().any(|t| t.value != own[0].value) {
            let deviation = (squares / (own.len() - 1) as f64).sqrt();
            own.iter().for_each(|t| values[t.case].push((t.value - centre) / deviation));
        }
    }
    means(&values)
}

fn means(values: &[Vec<f64>]) -> Vec<CaseMean> {
    let of = |values: &Vec<f64>| CaseMean {
        mean: (!values.is_empty()).then(|| mean(values.iter().copied())),
        judges: values.len(),
    };
    values.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::super::scores::tests::single;
    use super::*;

    #[test]
    fn z_scores_leave_out_who_tells_no_case_from_another() {
        let rows: [&[Option<f64>]; 3] = [
            &[Some(1.0), Some(2.0), Some(3.0), None],
            &[Some(7.0), Some(7.0), None, None],
            &[None, None, Some(90.0), None],
        ];
        let panel = single(&rows);
        let raw = raw_means(&panel);
        assert_eq!(raw[0], CaseMean { mean: Some(4.0), judges: 2 });
        assert_eq!(raw[3], CaseMean { mean: None, judges: 0 });
        let z = [Some(-1.0), Some(0.0), Some(1.0), None];
        assert_eq!(z_means(&panel).iter().map(|m| m.mean).collect::<Vec<_>>(), z);
    }
}
