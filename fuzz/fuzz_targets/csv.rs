//! Whatever is handed in as a table: nothing falls over, and rows are numbered upwards.

#![no_main]

use gapura_app::csv_table::{Column, Limits, Table};
use libfuzzer_sys::fuzz_target;

const COLUMNS: &[Column] = &[
    Column { name: "name", aliases: &["nama"], is_required: false },
    Column { name: "nik", aliases: &[], is_required: false },
];

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut table) = Table::open(bytes, COLUMNS, Limits::PAGE) else {
        return;
    };
    let mut last = 0;
    while let Some(row) = table.next_row() {
        let number = match row {
            Ok(row) => {
                assert!(row.text("name").len() <= Limits::PAGE.cell_bytes_max);
                row.number()
            }
            Err(fault) if fault.row == 0 => continue,
            Err(fault) => fault.row,
        };
        assert!(number > last, "row {number} came after row {last}");
        last = number;
    }
});
