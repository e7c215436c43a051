//! Whatever is handed in as a list of places: it is ready or it says what to mend, at a row it has.

#![no_main]

use gapura_app::venue_list::read_venue_list;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let list = read_venue_list(bytes);
    assert!(list.is_ready() || !list.faults.is_empty());
    let last = list.rows.last().map_or(0, |row| row.number);
    for place in &list.places {
        assert!(place.row <= last);
    }
});
