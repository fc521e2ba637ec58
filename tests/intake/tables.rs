//! Workbooks and character-separated tables.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use shortlister::intake::{Basis, Field, Mapping, Options};
use shortlister::nomination::{Flag, RawSubmission};

use crate::support::*;

const LONG: &str = "全区把三百多项高频事项纳入一张清单,群众只需进一扇门、交一套材料,后台并联审批,窗口统一出件。";

#[test]
fn a_usual_workbook_gives_every_field() {
    let bytes = xlsx(&[
        &["2023年创新案例申报汇总表"],
        &["填报单位:某某省"],
        &[
            "序号",
            "编号",
            "案例名称\u{ff08}必填\u{ff09}",
            "申报单位",
            "所在地区",
            "单位层级",
            "推荐渠道",
            "申报类别",
            "案例简介",
            "创新点",
            "链接",
            "联系人",
            "年访问量",
        ],
        &[
            "1",
            "A-001",
            "一网通办",
            "甲县政务局",
            "某某省甲县",
            "县级",
            "单位自荐",
            "政务服务大厅",
            LONG,
            "一套材料",
            "https://a.example",
            "张三",
            "12,000",
        ],
        &[
            "2",
            "A-002",
            "接诉即办",
            "乙市热线中心",
            "某某省乙市",
            "地市级",
            "专家推荐",
            "政务便民热线",
            LONG,
            "",
            "",
            "李四",
            "350",
        ],
    ]);
    let batch = read_one("a.xlsx", bytes);
    assert_eq!(batch.rejections, []);
    let first = &batch.submissions[0];
    assert_eq!(first.source.to_string(), "a.xlsx, sheet Sheet1, row 4");
    let fields = [
        &first.id,
        &first.title,
        &first.unit,
        &first.region,
        &first.level,
        &first.channel,
        &first.category,
        &first.url,
    ];
    let values: Vec<&str> = fields.iter().map(|field| field.as_deref().unwrap_or("")).collect();
    assert_eq!(
        values,
        ["A-001", "一网通办", "甲县政务局", "某某省甲县", "县级", "单位自荐", "政务服务大厅", "https://a.example"]
    );
    assert_eq!(sections(first), [("案例简介", LONG), ("创新点", "一套材料")]);
    assert_eq!(first.signals.get("年访问量"), Some(&12_000.0));
    assert_eq!(sections(&batch.submissions[1]), [("案例简介", LONG)]);
    assert!(
        batch.notes.iter().any(|note| note.contains("personal contact") && note.contains("联系人")),
        "{:?}",
        batch.notes
    );
}

#[test]
fn the_mapping_that_was_chosen_is_reported() {
    let batch = read_one("a.xlsx", xlsx(&[&["名单"], &["序号", "案例名称", "我们怎么做"], &["1", "甲", LONG]]));
    let [table] = batch.tables.as_slice() else { panic!("{:?}", batch.tables) };
    assert_eq!((table.sheet.as_deref(), table.header_row), (Some("Sheet1"), Some(2)));
    let columns: Vec<_> = table.columns.iter().map(|c| (c.header.as_str(), c.field, c.basis)).collect();
    assert_eq!(
        columns,
        [
            ("序号", Field::RowNumber, Basis::Exact),
            ("案例名称", Field::Title, Basis::Exact),
            ("我们怎么做", Field::Text, Basis::Content),
        ]
    );
    assert!(serde_json::to_string(&batch.tables).unwrap().contains("\"field\":\"row_number\""));
}

#[test]
fn totals_blank_rows_remarks_repeated_headers_and_group_headings_are_left_out() {
    let header: &[&str] = &["序号", "案例名称", "申报单位", "案例简介"];
    let bytes = xlsx(&[
        header,
        &["一、数字治理类"],
        &["1", "甲", "甲县", LONG],
        &[],
        header,
        &["2", "合计通办改革", "乙县", LONG],
        &["3"],
        &["合计", "", "2个", ""],
        &["", "小计", "2", ""],
        &["注\u{ff1a}本表一式两份"],
        &["填表说明:按实际情况填写"],
    ]);
    let batch = read_one("a.xlsx", bytes);
    assert_eq!(titles(&batch), ["甲", "合计通办改革"]);
    assert_eq!(batch.rejections, []);
    assert_eq!(
        batch.notes,
        ["a.xlsx, sheet Sheet1: left out totals (row 8, 9), remarks (row 10, 11), repeated header (row 5), \
          group headings (row 2), numbered empty rows (row 7)"]
    );
}

#[test]
fn numbers_dates_and_formulas_read_as_a_person_sees_them() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0u16..).zip(["编号", "案例名称", "案例简介", "申报类别", "渠道"]) {
        sheet.write_string(0, column, text).unwrap();
    }
    sheet.write_number(1, 0, 2_023_001.0).unwrap();
    sheet.write_number(1, 1, 12345.0).unwrap();
    let date = ExcelDateTime::from_ymd(2023, 9, 1).unwrap();
    sheet.write_datetime_with_format(1, 2, &date, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    sheet.write_formula(1, 3, Formula::new("=\"一\"&\"网\"").set_result("一网")).unwrap();
    sheet.write_formula(1, 4, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let batch = read_one("a.xlsx", book.save_to_buffer().unwrap());
    let record = &batch.submissions[0];
    assert_eq!(record.id.as_deref(), Some("2023001"));
    assert_eq!(record.title.as_deref(), Some("12345"));
    assert_eq!(sections(record), [("案例简介", "2023-09-01")]);
    assert_eq!(record.category.as_deref(), Some("一网"));
}

#[test]
fn a_row_number_is_no_id() {
    let batch = read_one("a.csv", "序号,案例名称,案例简介\n1,甲,乙\n");
    assert_eq!(batch.submissions[0].id, None);
}

#[test]
fn visible_sheets_are_read_in_order_and_hidden_ones_are_named() {
    let mut book = Workbook::new();
    for (name, title) in [("省直", "甲"), ("旧稿", "乙"), ("地市", "丙")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.write_row(0, 0, ["案例名称", "案例简介"]).unwrap();
        sheet.write_row(1, 0, [title, LONG]).unwrap();
        sheet.set_hidden(name == "旧稿");
    }
    book.add_worksheet().set_name("空表").unwrap();
    book.add_worksheet().set_name("填表说明").unwrap().write_string(0, 0, "请如实填写").unwrap();
    let batch = read_one("a.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(titles(&batch), ["甲", "丙"]);
    assert_eq!(batch.rejections, []);
    for expected in [
        "sheet 旧稿: skipped, the sheet is hidden",
        "sheet 空表: skipped, the sheet is empty",
        "sheet 填表说明: skipped, instr",
    ] {
        assert!(batch.notes.iter().any(|note| note.contains(expected)), "{expected}: {:?}", batch.notes);
    }
}

#[test]
fn merged_cells_hold_for_every_row_and_a_merged_title_is_one_record() {
    let mut book = Workbook::new();
    let (sheet, plain) = (book.add_worksheet(), Format::new());
    sheet.merge_range(0, 0, 0, 3, "案例汇总", &plain).unwrap();
    sheet.write_row(1, 0, ["申报单位", "案例名称", "案例简介", "所在地区"]).unwrap();
    sheet.merge_range(2, 0, 4, 0, "甲县政务局", &plain).unwrap();
    sheet.write_row(2, 1, ["一窗受理", "统一收件。", "某省"]).unwrap();
    sheet.merge_range(3, 1, 4, 1, "一码通办", &plain).unwrap();
    sheet.write_row(3, 2, ["三码合一。", "某省"]).unwrap();
    sheet.write_row(4, 2, ["全城通用。"]).unwrap();
    let batch = read_one("a.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(titles(&batch), ["一窗受理", "一码通办"]);
    assert!(batch.submissions.iter().all(|record| record.unit.as_deref() == Some("甲县政务局")));
    assert_eq!(sections(&batch.submissions[1]), [("案例简介", "三码合一。\n全城通用。")]);
}

#[test]
fn a_header_of_two_rows_is_read_as_one() {
    let mut book = Workbook::new();
    let (sheet, plain) = (book.add_worksheet(), Format::new());
    sheet.merge_range(0, 0, 1, 0, "编号", &plain).unwrap();
    sheet.merge_range(0, 1, 1, 1, "案例名称", &plain).unwrap();
    sheet.merge_range(0, 2, 0, 3, "单位信息", &plain).unwrap();
    sheet.write_row(1, 2, ["单位名称", "所在地区"]).unwrap();
    sheet.merge_range(0, 4, 0, 5, "申报材料", &plain).unwrap();
    sheet.write_row(1, 4, ["案例简介", "应用成效"]).unwrap();
    sheet.write_row(2, 0, ["7", "甲", "甲县", "某省", LONG, "好"]).unwrap();
    let batch = read_one("a.xlsx", book.save_to_buffer().unwrap());
    let record = &batch.submissions[0];
    assert_eq!(
        (record.id.as_deref(), record.unit.as_deref(), record.region.as_deref()),
        (Some("7"), Some("甲县"), Some("某省"))
    );
    assert_eq!(sections(record), [("案例简介", LONG), ("应用成效", "好")]);
}

#[test]
fn a_form_in_a_sheet_is_one_nomination() {
    let bytes = xlsx(&[
        &["创新案例申报表"],
        &["案例名称", "一码通办", "申报类别", "互联网+政务服务"],
        &["申报单位", "丙区政务局", "所在地区", "某某省"],
        &["案例简介", LONG],
        &["创新点", "三码合一"],
    ]);
    let batch = read_one("form.xlsx", bytes);
    let [record] = batch.submissions.as_slice() else { panic!("{batch:?}") };
    assert_eq!((record.title.as_deref(), record.category.as_deref()), (Some("一码通办"), Some("互联网+政务服务")));
    assert_eq!(sections(record), [("案例简介", LONG), ("创新点", "三码合一")]);
    assert_eq!(batch.tables[0].header_row, None);
}

#[test]
fn old_excel_and_opendocument_workbooks_read_alike() {
    for (name, sheet) in [("merged.xls", "申报汇总"), ("plain.ods", "Sheet1")] {
        let batch = read_one(name, fixture(name));
        assert_eq!(titles(&batch), ["一窗受理改革", "热线提质增效"], "{name}");
        assert_eq!(batch.submissions[0].id.as_deref(), Some("2023001"), "{name}");
        assert!(batch.submissions.iter().all(|record| record.region.as_deref() == Some("某某省")), "{name}");
        assert_eq!(batch.submissions[1].source.to_string(), format!("{name}, sheet {sheet}, row 4"));
    }
    // LibreOffice's own file: merged title, repeated empty rows, a hidden sheet.
    let saved = read_one("libreoffice.ods", fixture("libreoffice.ods"));
    assert_eq!(titles(&saved), ["一窗受理改革", "热线提质增效"]);
    assert!(saved.notes.iter().any(|note| note.contains("the sheet is hidden")), "{:?}", saved.notes);
    let notes = read_one("merged.xls", fixture("merged.xls")).notes.join("\n");
    assert!(notes.contains("旧稿: skipped, the sheet is hidden") && notes.contains("totals (row 5)"), "{notes}");
}

#[test]
fn a_list_of_an_office_reads_alike_in_every_format_of_workbook() {
    for (name, file) in [
        ("offices.xlsx", "offices.xlsx"),
        ("offices.xls", "offices.xls"),
        ("offices.et", "offices.xls"),
        ("offices.ods", "offices.ods"),
    ] {
        let batch = read_one(name, fixture(file));
        assert_eq!(titles(&batch), ["一窗受理改革", "一码通办", "热线提质", "电子证照互认"], "{name}");
        let of = |field: fn(&RawSubmission) -> &Option<String>| -> Vec<&str> {
            batch.submissions[..3].iter().map(|record| field(record).as_deref().unwrap_or("")).collect()
        };
        assert_eq!(of(|r| &r.id), ["330100202300000017", "2023000000018", "330100202300000019"], "{name}");
        assert_eq!(of(|r| &r.unit), ["甲市行政审批局", "甲市行政审批局", "乙市热线中心"], "{name}");
        assert_eq!(of(|r| &r.channel), ["单位自荐", "专家推荐", "专家推荐"], "{name}: a hidden column");
        assert_eq!(batch.submissions[0].signals.get("年办件量"), Some(&120_000.0), "{name}");
        let flags: Vec<&[Flag]> = batch.submissions.iter().map(|record| record.flags.as_slice()).collect();
        assert_eq!(flags, [&[][..], &[Flag::CellsUnread], &[Flag::CellsUnread], &[]], "{name}");
        let notes = batch.notes.join("\n");
        assert!(notes.contains("旧稿: skipped, the sheet is hidden"), "{notes}");
        // openpyxl stores no results; LibreOffice has computed them.
        let is_computed = batch.submissions[1].sections.iter().any(|s| s.text == "服务八十万人");
        assert_eq!(is_computed, name != "offices.xlsx");
        assert_eq!(notes.contains("2 formulas without a stored result"), !is_computed, "{notes}");
        assert_eq!(notes.contains("1 hidden rows and 1 hidden ranges of columns"), name == "offices.xlsx", "{notes}");
    }
}

#[test]
fn a_csv_reads_the_same_in_every_encoding_and_delimiter() {
    let rows = [["编号", "案例名称", "申报单位", "案例简介"], ["1", "一网通办", "某某县政务局", LONG]];
    for delimiter in [b',', b'\t', b';', b'|'] {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        for (encoding, bytes) in [
            ("utf-8", text.clone().into_bytes()),
            ("utf-8 bom", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
            ("gbk", encoding_rs::GBK.encode(&text).0.into_owned()),
            ("gb18030", encoding_rs::GB18030.encode(&text).0.into_owned()),
            ("utf-16le bom", [b"\xFF\xFE".to_vec(), utf16(u16::to_le_bytes)].concat()),
            ("utf-16be bom", [b"\xFE\xFF".to_vec(), utf16(u16::to_be_bytes)].concat()),
            ("utf-16le", utf16(u16::to_le_bytes)),
        ] {
            let batch = read_one("a.csv", bytes);
            let [record] = batch.submissions.as_slice() else { panic!("{encoding} {delimiter}: {batch:?}") };
            assert_eq!(record.unit.as_deref(), Some("某某县政务局"), "{encoding} {delimiter}");
            assert_eq!(sections(record), [("案例简介", LONG)], "{encoding} {delimiter}");
            assert_eq!(record.source.row, Some(2));
        }
    }
}

#[test]
fn unknown_columns_keep_narrative_and_numbers_and_name_the_rest() {
    let text =
        format!("title,what we did,visits,grade,room\nA,{},300,5,12-B\nB,{},n/a,4,7\n", "x".repeat(40), "y".repeat(50));
    let batch = read_one("a.csv", text);
    assert_eq!(sections(&batch.submissions[0]), [("what we did", "x".repeat(40).as_str())]);
    assert_eq!(batch.submissions[0].signals.get("visits"), Some(&300.0));
    assert!(batch.submissions[1].signals.is_empty());
    assert!(batch.submissions.iter().all(|record| record.grade.is_none()));
    let notes = batch.notes.join("\n");
    assert!(notes.contains("columns not used: room") && notes.contains("columns of scores were left out"), "{notes}");
}

#[test]
fn provinces_and_cities_are_one_region_and_same_as_above_is_resolved() {
    let batch = read_one("a.csv", "案例名称,申报单位,省份,地市,案例简介\n甲,一局,粤,广州,一\n乙,同上,粤,,二\n");
    assert_eq!(batch.submissions[0].region.as_deref(), Some("粤 广州"));
    assert_eq!(batch.submissions[1].region.as_deref(), Some("粤"));
    assert_eq!(batch.submissions[1].unit.as_deref(), Some("一局"));
}

#[test]
fn of_two_unit_columns_the_nominated_one_goes_first() {
    let batch = read_one("a.csv", "推荐单位,申报单位,案例名称,案例简介\n省局,县局,甲,一\n省局,,乙,二\n");
    let units: Vec<_> = batch.submissions.iter().map(|record| record.unit.as_deref().unwrap_or("")).collect();
    assert_eq!(units, ["县局", "省局"]);
    assert!(batch.notes.iter().any(|note| note.contains("unit is taken from 申报单位")), "{:?}", batch.notes);
}

#[test]
fn a_saved_mapping_goes_before_the_built_in_names() {
    let mapping = Mapping::from_toml(
        "[columns]\n\"项目的叫法\" = \"title\"\n\"干了啥\" = \"text\"\n\"备注\" = \"text\"\n\"没有的列\" = \"unit\"\n",
    )
    .unwrap();
    let options = Options { mapping: Some(mapping), ..Options::default() };
    let text = "项目的叫法,干了啥,备注\n甲,一,二\n";
    assert!(read_one("a.csv", text).submissions.is_empty());
    let batch = read_with("a.csv", text, &options);
    assert_eq!(titles(&batch), ["甲"]);
    assert_eq!(sections(&batch.submissions[0]), [("干了啥", "一"), ("备注", "二")]);
    assert!(batch.tables[0].columns.iter().all(|column| column.basis == Basis::Mapping));
}

#[test]
fn a_table_exported_as_txt_or_named_xls_is_still_a_table() {
    let text = "编号\t案例名称\t申报单位\t案例简介\n1\t甲\t甲局\t一\n";
    for name in ["a.txt", "a.xls"] {
        assert_eq!(titles(&read_one(name, text)), ["甲"], "{name}");
    }
}
