//! Stories of approved venues.

use super::samples::{NOW, assert_conflict, bounds, first, label, spec, venue};
use crate::venues::VenueFilter;
use crate::{Cursor, Staff, Venues};
use gapura_domain::door::{Bounds, Position};
use gapura_domain::hours::OpeningHours;
use gapura_domain::ids::{GateId, VenueId};
use gapura_domain::venue::Category;

pub async fn a_venue_changes_only_from_the_version_that_was_read<S: Venues + Staff>(store: &S) {
    let id = venue(store, spec("Polsek Klojen"), "A").await;
    let before = store.venue(id).await.unwrap().unwrap();
    let mut wanted = before.spec.clone();
    wanted.name = label("Polsek Klojen Baru");
    wanted.hours = OpeningHours::always();
    wanted.bounds = Bounds::default();
    wanted.contact = label("0341-000000");
    wanted.booth = None;
    wanted.longest_stay_minutes = 60;
    wanted.demands_screen_code = false;
    let rooms = [(before.rooms[1].id, bounds(5, 50))];
    let at = NOW.plus_s(60);
    assert!(
        store
            .update_venue(id, 1, &wanted, &rooms, at)
            .await
            .unwrap()
    );
    let after = store.venue(id).await.unwrap().unwrap();
    assert_eq!((after.version, &after.spec), (2, &wanted));
    assert_eq!(after.rooms[0], before.rooms[0]);
    assert_eq!(after.rooms[1].bounds, bounds(5, 50));
    assert_eq!(after.gates, before.gates);

    // Somebody who read the first version does not write over what was changed since.
    let late = store.update_venue(id, 1, &before.spec, &[], at).await;
    assert!(!late.unwrap());
    assert_eq!(store.venue(id).await.unwrap(), Some(after));
    let unknown = store.update_venue(VenueId(99), 1, &wanted, &[], at).await;
    assert!(!unknown.unwrap());
}

pub async fn a_room_of_another_venue_is_not_changed_with_this_one<S: Venues + Staff>(store: &S) {
    let id = venue(store, spec("Polsek Klojen"), "A").await;
    let other = venue(store, spec("Polsek Sukun"), "B").await;
    let before = store.venue(id).await.unwrap().unwrap();
    let foreign = store.venue(other).await.unwrap().unwrap();
    let rooms = [(foreign.rooms[0].id, bounds(1, 1))];
    let mut wanted = before.spec.clone();
    wanted.bounds = bounds(1, 1);
    let changed = store.update_venue(id, 1, &wanted, &rooms, NOW).await;
    assert_conflict(changed);
    assert_eq!(store.venue(id).await.unwrap(), Some(before));
    assert_eq!(store.venue(other).await.unwrap(), Some(foreign));
}

pub async fn venues_are_found_by_owner_category_and_box<S: Venues + Staff>(store: &S) {
    let klojen = venue(store, spec("Polsek Klojen"), "A").await;
    let mut far = spec("Hotel Palembang");
    far.category = Category::Hotel;
    far.position = Position {
        latitude: -2.9761,
        longitude: 104.7754,
    };
    let far = venue(store, far, "B").await;
    let owner = store.venue(far).await.unwrap().unwrap().organisation;
    let find = async |filter: VenueFilter| {
        let page = store.venues(&filter, first(10)).await.unwrap();
        page.rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(find(VenueFilter::default()).await, [klojen, far]);
    let organisations = Some(vec![owner]);
    let of_owner = VenueFilter {
        organisations,
        ..VenueFilter::default()
    };
    assert_eq!(find(of_owner).await, [far]);
    let hotels = VenueFilter {
        category: Some(Category::Hotel),
        ..VenueFilter::default()
    };
    assert_eq!(find(hotels.clone()).await, [far]);
    let corner = |latitude, longitude| Position {
        latitude,
        longitude,
    };
    let malang = Some((corner(-8.1, 112.5), corner(-7.8, 112.8)));
    let in_malang = VenueFilter {
        within: malang,
        ..VenueFilter::default()
    };
    assert_eq!(find(in_malang).await, [klojen]);
    let hotels_in_malang = VenueFilter {
        within: malang,
        ..hotels
    };
    assert!(find(hotels_in_malang).await.is_empty());
    let of_nobody = VenueFilter {
        organisations: Some(Vec::new()),
        ..VenueFilter::default()
    };
    assert!(find(of_nobody).await.is_empty());
}

pub async fn venues_are_paged<S: Venues + Staff>(store: &S) {
    let mut ids = Vec::new();
    for code in ["A", "B", "C"] {
        ids.push(venue(store, spec("Polsek Klojen"), code).await);
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let cursor = Cursor { after, limit: 2 };
        let page = store.venues(&VenueFilter::default(), cursor).await.unwrap();
        assert!(page.rows.iter().all(|venue| venue.gates.len() == 3));
        seen.extend(page.rows.iter().map(|venue| venue.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
}

pub async fn a_gate_knows_its_venue<S: Venues + Staff>(store: &S) {
    venue(store, spec("Polsek Klojen"), "A").await;
    let id = venue(store, spec("Polsek Sukun"), "B").await;
    let found = store.venue(id).await.unwrap();
    let gate = found.as_ref().unwrap().gates[2].id;
    assert_eq!(store.venue_of_gate(gate).await.unwrap(), found);
    assert_eq!(store.venue_of_gate(GateId(99)).await.unwrap(), None);
    assert_eq!(store.venue(VenueId(99)).await.unwrap(), None);
}
