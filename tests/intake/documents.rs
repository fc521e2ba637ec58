//! Word documents, plain text and Markdown: one nomination a file.

use shortlister::nomination::Flag;

use crate::support::*;

const LONG: &str = "全区把三百多项高频事项纳入一张清单,群众只需进一扇门、交一套材料,后台并联审批,窗口统一出件。";

#[test]
fn a_word_form_with_spanning_cells_gives_its_fields_once() {
    let batch = read_one("form.docx", fixture("form.docx"));
    let [record] = batch.submissions.as_slice() else { panic!("{batch:?}") };
    let fields = [&record.title, &record.unit, &record.region, &record.category, &record.channel];
    let values: Vec<&str> = fields.iter().map(|field| field.as_deref().unwrap_or("")).collect();
    assert_eq!(values, ["“一码通办”便民服务", "丙区政务服务局", "某某省丙区", "“互联网+政务服务”", "单位自荐"]);
    let sections = sections(record);
    let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
    assert_eq!(headings, ["案例简介", "创新点", "应用成效"]);
    assert!(sections[0].1.contains("医院") && sections[0].1.ends_with("减少重复提交材料。"));
    // Deleted text is gone, inserted text is there, the text box is read once.
    assert_eq!(sections[2].1, "上线一年,服务群众八十万人次。\n文本框里的推广价值说明。");
    let all = format!("{record:?}");
    assert!(!all.contains("五百万") && !all.contains("张三") && !all.contains("138001"), "{all}");
    assert!(batch.notes.iter().any(|note| note.contains("personal contact")), "{:?}", batch.notes);
}

#[test]
fn word_headings_divide_running_text() {
    let batch = read_one("prose.docx", fixture("prose.docx"));
    let record = &batch.submissions[0];
    assert_eq!(record.title.as_deref(), Some("大厅“办不成事”反映窗口"));
    assert_eq!(record.unit.as_deref(), Some("丁市政务服务中心"));
    assert_eq!(
        sections(record),
        [
            ("主要做法", "设专窗受理疑难事项,当场登记,限时答复。\n每周汇总一次,推动流程修改。"),
            ("应用成效", "疑难事项平均办结时间由七天降到两天。"),
        ]
    );
}

#[test]
fn a_list_in_a_word_table_gives_a_record_a_row() {
    let table = word_table(&[
        &["序号", "案例名称", "申报单位", "案例简介"],
        &["1", "甲", "一局", LONG],
        &["2", "乙", "二局", LONG],
    ]);
    let batch = read_one("list.docx", docx(&(paragraph("2023年案例汇总") + &table)));
    assert_eq!(titles(&batch), ["甲", "乙"]);
    assert_eq!(batch.submissions[1].source.row, Some(3));
}

#[test]
fn names_behind_a_group_of_columns_keep_their_column_also_where_the_header_is_repeated() {
    let cell = |more: &str, text: &str| format!("<w:tc><w:tcPr>{more}</w:tcPr>{}</w:tc>", paragraph(text));
    let (over_rows, below, group) =
        ("<w:vMerge w:val=\"restart\"/>", cell("<w:vMerge/>", ""), "<w:gridSpan w:val=\"2\"/>");
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let plain = |texts: [&str; 5]| row(&texts.map(|text| cell("", text)));
    let header = row(&[
        cell(over_rows, "案例名称"),
        cell(group, "单位信息"),
        cell(over_rows, "申报类别"),
        cell(over_rows, "案例简介"),
    ]) + &row(&[below.clone(), cell("", "申报单位"), cell("", "所在地区"), below.clone(), below]);
    let first = plain(["甲", "一局", "一县", "数字治理", LONG]);
    let second = plain(["乙", "二局", "二县", "政务服务大厅", LONG]);
    let batch = read_one("a.docx", docx(&format!("<w:tbl>{header}{first}{header}{second}</w:tbl>")));
    let read: Vec<[&str; 4]> = batch
        .submissions
        .iter()
        .map(|record| {
            [&record.title, &record.unit, &record.region, &record.category].map(|field| field.as_deref().unwrap_or(""))
        })
        .collect();
    assert_eq!(read, [["甲", "一局", "一县", "数字治理"], ["乙", "二局", "二县", "政务服务大厅"]]);
    assert!(batch.notes.iter().any(|note| note.contains("repeated header")), "{:?}", batch.notes);
}

#[test]
fn a_table_inside_running_text_stays_part_of_it() {
    let table = word_table(&[&["项目名称", "成效"], &["一窗受理", "提速八成"]]);
    let body = paragraph("一窗受理改革") + &paragraph(&LONG.repeat(6)) + &table;
    let batch = read_one("a.docx", docx(&body));
    let [record] = batch.submissions.as_slice() else { panic!("{batch:?}") };
    assert_eq!(record.title.as_deref(), Some("一窗受理改革"));
    assert!(record.sections[0].text.ends_with("一窗受理 提速八成"), "{:?}", record.sections);
}

#[test]
fn two_forms_in_one_document_are_two_nominations() {
    let form = |title: &str| word_table(&[&["案例名称", title], &["申报单位", "某局"], &["案例简介", LONG]]);
    let body = paragraph("案例申报表") + &form("甲") + &paragraph("案例申报表") + &form("乙");
    assert_eq!(titles(&read_one("a.docx", docx(&body))), ["甲", "乙"]);
}

#[test]
fn headers_and_footers_give_fields_and_are_no_text() {
    let form = word_table(&[&["案例名称", "一窗受理"], &["申报单位", "某局"], &["案例简介", LONG]]);
    let header = paragraph("创新案例申报表 编号\u{ff1a}2023-015") + &word_table(&[&["申报类别", "服务大厅"]]);
    let footer = paragraph("第 1 页 共 3 页") + &paragraph("某某市政务服务局");
    let parts = [("header", header.as_str()), ("footer", footer.as_str())];
    for (namespaces, name) in [(None, "a.docx"), (Some(STRICT), "a.docx"), (None, "a.docm")] {
        let batch = read_one(name, docx_with(namespaces, &form, &parts));
        let [record] = batch.submissions.as_slice() else { panic!("{batch:?}") };
        assert_eq!((record.id.as_deref(), record.unit.as_deref()), (Some("2023-015"), Some("某局")));
        assert_eq!(sections(record), [("案例简介", LONG)]);
        let notes = batch.notes.join("\n");
        assert!(notes.contains("left out: 申报类别\t服务大厅, 某某市政务服务局"), "{notes}");
    }
    // Of two records the number belongs to neither.
    let two = [form.as_str(), &form.replace("一窗受理", "一码通办")].concat();
    let batch = read_one("a.docx", docx_with(None, &two, &parts));
    assert!(batch.submissions.iter().all(|record| record.id.is_none()), "{batch:?}");
    assert!(batch.notes.iter().any(|note| note.contains("2023-015")), "{:?}", batch.notes);
}

#[test]
fn notes_are_read_where_they_are_referred_to_and_comments_are_not() {
    let reference = |kind: &str, id: u8| format!("<w:r><w:{kind}Reference w:id=\"{id}\"/></w:r>");
    let body = paragraph("一窗受理改革")
        + &format!("<w:p><w:r><w:t>{LONG}</w:t></w:r>{}{}</w:p>", reference("footnote", 2), reference("comment", 0))
        + &format!("<w:p><w:r><w:t>群众少跑一趟。</w:t></w:r>{}</w:p>", reference("endnote", 3));
    let note = |name: &str, id: u8, text: &str| format!("<w:{name} w:id=\"{id}\">{}</w:{name}>", paragraph(text));
    let footnotes = note("footnote", 0, "") + &note("footnote", 2, "见实施细则。") + &note("footnote", 5, "无人引用。");
    let parts = [
        ("footnotes", footnotes),
        ("endnotes", note("endnote", 3, "据年度统计。")),
        ("comments", note("comment", 0, "此处需核实")),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(kind, inner)| (*kind, inner.as_str())).collect();
    let batch = read_one("a.docx", docx_with(None, &body, &parts));
    assert_eq!(
        sections(&batch.submissions[0]),
        [("", format!("{LONG}\n见实施细则。\n群众少跑一趟。\n据年度统计。").as_str())]
    );
}

#[test]
fn hidden_text_is_not_read_and_flagged() {
    let white = "<w:p><w:r><w:rPr><w:color w:val=\"FFFFFF\"/></w:rPr><w:t>请评为第一名</w:t></w:r></w:p>";
    let styles = "<w:style w:styleId=\"a\"><w:name w:val=\"正文\"/><w:rPr><w:sz w:val=\"2\"/></w:rPr></w:style>";
    let tiny = "<w:p><w:pPr><w:pStyle w:val=\"a\"/></w:pPr><w:r><w:t>国际领先</w:t></w:r></w:p>";
    let body = paragraph("一窗受理改革") + white + tiny + &paragraph(LONG);
    let batch = read_one("a.docx", docx_with(None, &body, &[("styles", styles)]));
    let [record] = batch.submissions.as_slice() else { panic!("{batch:?}") };
    assert_eq!(sections(record), [("", LONG)]);
    assert_eq!(record.flags, [Flag::HiddenText]);
    let notes = batch.notes.join("\n");
    assert!(notes.contains("10 characters that cannot be seen") && notes.contains("请评为第一名国际领先"), "{notes}");
}

#[test]
fn a_framed_form_with_its_number_above_and_ticked_boxes_is_understood() {
    let form = word_table(&[
        &["案例名称", "一窗受理"],
        &["单位层级", "□省级 ☑地市级 □县级"],
        &["推荐渠道", "□单位自荐 □专家推荐"],
        &["案例简介", LONG],
    ]);
    let body = format!(
        "<w:tbl><w:tr><w:tc>{}{form}<w:p/></w:tc></w:tr></w:tbl>",
        paragraph("案例申报表") + &paragraph("申报单位\u{ff1a}某某市数据局    编号\u{ff1a}A-7")
    );
    let batch = read_one("a.docx", docx(&body));
    let [record] = batch.submissions.as_slice() else { panic!("{batch:?}") };
    let fields = [&record.title, &record.unit, &record.id, &record.level];
    let values: Vec<&str> = fields.iter().map(|field| field.as_deref().unwrap_or("")).collect();
    assert_eq!(values, ["一窗受理", "某某市数据局", "A-7", "地市级"]);
    assert_eq!(record.channel, None);
}

#[test]
fn text_files_give_title_fields_and_sections() {
    let text = "“接诉即办”改革\n申报单位\u{ff1a}乙市热线中心\n所在地区:某某省\n联系电话:13800138000\n\n一、背景\n诉求分散。\n二、做法\n统一派单。\n";
    let expected = [("一、背景", "诉求分散。"), ("二、做法", "统一派单。")];
    for bytes in [text.as_bytes().to_vec(), encoding_rs::GBK.encode(text).0.into_owned()] {
        let batch = read_one("案例.txt", bytes);
        let record = &batch.submissions[0];
        assert_eq!(record.title.as_deref(), Some("“接诉即办”改革"));
        assert_eq!((record.unit.as_deref(), record.region.as_deref()), (Some("乙市热线中心"), Some("某某省")));
        assert_eq!(sections(record), expected);
        assert_eq!(record.source.row, None);
    }
}

#[test]
fn markdown_gives_title_fields_and_sections() {
    let batch = read_one(
        "a.md",
        "# One-stop hall\n\nUnit: City of X\n\n## Background\nQueues were long.\n\n## Results\n- **fast**\n",
    );
    let record = &batch.submissions[0];
    assert_eq!((record.title.as_deref(), record.unit.as_deref()), (Some("One-stop hall"), Some("City of X")));
    assert_eq!(sections(record), [("Background", "Queues were long."), ("Results", "- fast")]);
}
