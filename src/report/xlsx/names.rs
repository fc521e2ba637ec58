//! Sheet names that Excel accepts and that differ.

/// What Excel allows, in UTF-16 units.
const MAX_UNITS: usize = 31;

/// A name for a sheet from `wanted`, unlike any of `taken`; `fallback` stands in when nothing of
/// `wanted` is allowed.
pub(crate) fn sheet_name(wanted: &str, fallback: &str, taken: &[String]) -> String {
    let allowed: String = wanted.chars().map(|c| if is_forbidden(c) { ' ' } else { c }).collect();
    let words = allowed.split_whitespace().collect::<Vec<_>>().join(" ");
    let trimmed = words.trim_matches(['\'', ' ']);
    let base = if trimmed.is_empty() { fallback } else { trimmed };
    let free = |name: &String| !taken.iter().any(|t| t.to_lowercase() == name.to_lowercase());
    // Excel keeps the name History for itself.
    let reserved = base.eq_ignore_ascii_case("history");
    let plain = Some(shortened(base, MAX_UNITS)).filter(|name| !reserved && free(name));
    plain.unwrap_or_else(|| {
        (2..=taken.len() + 2)
            .map(|n| {
                let suffix = format!(" {n}");
                shortened(base, MAX_UNITS - suffix.len()) + &suffix
            })
            .find(free)
            .expect("more numbers are tried than names are taken")
    })
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control()
}

fn shortened(name: &str, max_units: usize) -> String {
    let mut units = 0;
    let kept = name.chars().take_while(|c| {
        units += c.len_utf16();
        units <= max_units
    });
    kept.collect::<String>().trim_end_matches(['\'', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_allowed_short_and_distinct() {
        let mut taken = vec!["总览".to_owned()];
        for wanted in
            ["“互联网+政务服务”", "大厅/窗口:[综合]*?\\", "总览", "总览", "'quoted'", "[]", "History", "Abc", "aBC"]
        {
            taken.push(sheet_name(wanted, "类别", &taken));
        }
        taken.push(sheet_name(&"长".repeat(40), "类别", &taken));
        taken.push(sheet_name(&"长".repeat(40), "类别", &taken));
        let expected = [
            "总览",
            "“互联网+政务服务”",
            "大厅 窗口 综合",
            "总览 2",
            "总览 3",
            "quoted",
            "类别",
            "History 2",
            "Abc",
            "aBC 2",
        ];
        assert_eq!(taken[..10], expected);
        assert_eq!(taken[10], "长".repeat(31));
        assert_eq!(taken[11], "长".repeat(29) + " 2");
    }
}
