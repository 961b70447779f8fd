package service_test

import "testing"

var plain = setting{Capacity: 1, Ahead: 10}

func many(n int) setting { s := plain; s.Capacity = n; return s }

func TestLife_cancel(t *testing.T) {
	t.Parallel()
	asking, two := plain, many(2)
	asking.Contact = true
	for name, s := range map[string]scene{
		"in time, and the queue has the place": {[]setting{plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okQueue},
			{"", reg(0, 2), okQueue},
			{"2026-10-10 23:59:59", one("cancel", 1), ""},
			{"", one("accept", 2), ""},
			{"", one("accept", 3), "closed: offer.none"},
			{"", one("cancel", 3), ""},
			{"", one("decline", 3), ""},
		}, []string{
			"1 at 0 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 confirmed: waitlisted offered accepted | 0 registration_waitlisted 2 place_offered 3 registration_confirmed",
			"3 at 0 cancelled: waitlisted left | 0 registration_waitlisted 2 queue_left",
		}},
		"too late, and only a colleague can help": {[]setting{two}, []deed{
			{"", reg(0, 0), okPlace},
			{"2026-10-11 00:00:00", one("cancel", 1), "closed: cancel.hand_over"},
			{"", one("ask", 1), "closed: ask.not_now"},
			{"", with("hand over", 1, 2), ""},
			{"", one("cancel", 1), "closed: cancel.ended"},
			{"2026-10-15 09:00:00", one("cancel", 2), "closed: cancel.begun"},
		}, []string{
			"1 at 0 transferred: registered handed_over | 0 registration_confirmed 2 place_handed_over",
			"2 at 0 confirmed: received | 0 place_received",
		}},
		"too late, and the organiser is asked": {[]setting{asking}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okQueue},
			{"", one("ask", 1), "closed: ask.not_now"},
			{"2026-10-11 00:00:00", one("cancel", 1), "closed: cancel.ask"},
			{"", one("ask", 1), ""},
			{"", one("decide request", 1), ""},
			{"", yes("decide request", 1), "conflict: request.answered"},
			{"", one("ask", 1), ""},
			{"", yes("decide request", 2), ""},
			{"", one("ask", 1), "closed: ask.not_now"},
		}, []string{
			"1 at 0 cancelled: registered asked ask_refused asked cancelled | 0 registration_confirmed 2 cancellation_asked 3 cancellation_refused 4 cancellation_asked 5 registration_cancelled",
			"2 at 0 offered: waitlisted offered | 0 registration_waitlisted 2 place_offered",
		}},
		"a longer day for one person": {[]setting{two}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okPlace},
			{"2026-10-11 10:00:00", with("extend", 1, 1), ""},
			{"2026-10-12 23:59:59", one("cancel", 2), "closed: cancel.hand_over"},
			{"", one("cancel", 1), "closed: cancel.hand_over"},
			{"2026-10-12 23:59:58", one("cancel", 1), ""},
			{"", with("extend", 1, 2), "closed: cancel.ended"},
		}, []string{
			"1 at 0 cancelled: registered extended cancelled | 0 registration_confirmed 2 cancellation_extended 3 registration_cancelled",
			"2 at 0 confirmed: registered | 0 registration_confirmed",
		}},
		"by staff, whatever the day": {[]setting{many(3)}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okPlace},
			{"2026-10-14 10:00:00", one("cancel for", 1), ""},
			{"", one("withdraw", 2), ""},
			{"", one("cancel", 2), "closed: cancel.ended"},
			{"", one("withdraw", 1), "closed: cancel.ended"},
		}, []string{
			"1 at 0 cancelled: registered cancelled@phone | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 withdrawn: registered withdrawn | 0 registration_confirmed 2 registration_withdrawn",
		}},
	} {
		s.run(name, t)
	}
}

func TestLife_handOver(t *testing.T) {
	t.Parallel()
	within := many(2)
	within.SameOrg = true
	for name, s := range map[string]scene{
		"to a colleague in the queue, and nobody is passed": {[]setting{plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okQueue},
			{"", reg(0, 2), okQueue},
			{"", with("hand over", 1, 2), ""},
			{"", one("accept", 1), "closed: offer.none"},
			{"", with("hand over", 2, 4), "closed: hand_over.no_place"},
		}, []string{
			"1 at 0 transferred: registered handed_over | 0 registration_confirmed 2 place_handed_over",
			"2 at 0 waitlisted: waitlisted | 0 registration_waitlisted",
			"3 at 0 cancelled: waitlisted left | 0 registration_waitlisted",
			"4 at 0 confirmed: received | 0 place_received",
		}},
		"refused": {[]setting{within}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 2), okPlace},
			{"", with("hand over", 1, 0), "invalid email: hand_over.same_person"},
			{"", with("hand over", 1, 2), "invalid email: hand_over.registered"},
			{"", with("hand over", 1, 1), "invalid email: hand_over.other_organisation"},
			{"2026-10-15 09:00:00", with("hand over", 1, 4), "closed: hand_over.begun"},
		}, []string{
			"1 at 0 confirmed: registered | 0 registration_confirmed",
			"2 at 0 confirmed: registered | 0 registration_confirmed",
		}},
		"in the last second": {[]setting{within}, []deed{
			{"", reg(0, 0), okPlace}, {"2026-10-15 08:59:59", with("hand over", 1, 4), ""},
		}, []string{
			"1 at 0 transferred: registered handed_over | 0 registration_confirmed 2 place_handed_over",
			"2 at 0 confirmed: received | 0 place_received",
		}},
		"one of a pair takes it over, and the other need not wait for two": {[]setting{many(2)}, []deed{
			{"", reg(0, 0), okPlace},
			{"", act{Do: "register", A: 1}, okPlace},
			{"", act{Do: "group", A: 2, B: 0, Yes: true}, ""},
			{"", one("cancel", 1), ""},
			{"", with("hand over", 2, 2), ""},
		}, []string{
			"1 at 0 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 transferred: registered handed_over | 0 registration_confirmed 2 place_handed_over",
			"3 at 0 cancelled: waitlisted left | 0 registration_waitlisted 1 group_registered>kontakt@example.se",
			"4 at 0 offered: waitlisted offered | 0 registration_waitlisted 2 place_offered",
			"5 at 0 confirmed: received | 0 place_received",
		}},
	} {
		s.run(name, t)
	}
}

func TestLife_move(t *testing.T) {
	t.Parallel()
	chosen := plain
	chosen.Approval, chosen.NoList = true, true
	for name, s := range map[string]scene{
		"to a free place, and the queue has the old one": {[]setting{plain, plain}, []deed{
			{"", reg(0, 0), okPlace}, {"", reg(0, 1), okQueue}, {"", to("move", 1, 1, false), ""},
		}, []string{
			"1 at 0 cancelled: registered moved_from | 0 registration_confirmed 2 registration_moved_from",
			"2 at 0 offered: waitlisted offered | 0 registration_waitlisted 2 place_offered",
			"3 at 1 confirmed: moved | 0 registration_moved",
		}},
		"to the queue of a full one, and then to its place": {[]setting{plain, plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(1, 1), okPlace},
			{"", reg(0, 2), okQueue},
			{"", to("move", 1, 1, false), "full: move.queue_only"},
			{"", to("move", 1, 1, true), ""},
			{"", one("cancel", 2), ""},
		}, []string{
			"1 at 0 cancelled: registered moved_from | 0 registration_confirmed 2 registration_moved_from",
			"2 at 1 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"3 at 0 offered: waitlisted offered | 0 registration_waitlisted 2 place_offered",
			"4 at 1 confirmed: move_waiting moved | 0 move_waiting 2 registration_moved",
		}},
		"too late when the place comes": {[]setting{plain, {Capacity: 1, Ahead: 30}}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(1, 1), okPlace},
			{"", to("move", 1, 1, true), ""},
			{"2026-10-11 10:00:00", one("cancel", 2), ""},
			{"", to("move", 1, 1, true), "closed: move.too_late"},
		}, []string{
			"1 at 0 confirmed: registered | 0 registration_confirmed",
			"2 at 1 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"3 at 1 cancelled: move_waiting move_lapsed | 0 move_waiting 2 move_lapsed",
		}},
		"in two queues at once": {[]setting{plain, plain, plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(1, 1), okPlace},
			{"", reg(2, 2), okPlace},
			{"", to("move", 1, 1, true), ""},
			{"", to("move", 1, 2, true), ""},
			{"", one("cancel", 3), ""},
			{"", one("cancel", 2), ""},
		}, []string{
			"1 at 0 cancelled: registered moved_from | 0 registration_confirmed 2 registration_moved_from",
			"2 at 1 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"3 at 2 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"4 at 1 offered: move_waiting offered | 0 move_waiting 2 place_offered",
			"5 at 2 confirmed: move_waiting moved | 0 move_waiting 2 registration_moved",
		}},
		"registered in two towns, and one is left": {[]setting{plain, many(2)}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(1, 0), okPlace},
			{"", to("move", 1, 1, false), "conflict: move.registered"},
			{"", to("leave other", 1, 0, false), "not_found: event.not_found"},
			{"", to("leave other", 1, 1, false), ""},
		}, []string{
			"1 at 0 confirmed: registered | 0 registration_confirmed",
			"2 at 1 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
		}},
		"two who wait for each other's place": {[]setting{plain, plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(1, 1), okPlace},
			{"", to("move", 1, 1, true), ""},
			{"", to("move", 2, 0, true), ""},
			{"", act{Do: "capacity", Ev: 0, A: 1}, ""},
		}, []string{
			"1 at 0 cancelled: registered moved_from | 0 registration_confirmed 2 registration_moved_from",
			"2 at 1 cancelled: registered moved_from | 0 registration_confirmed 2 registration_moved_from",
			"3 at 1 confirmed: move_waiting moved | 0 move_waiting 2 registration_moved",
			"4 at 0 confirmed: move_waiting moved | 0 move_waiting 2 registration_moved",
		}},
		"to one that chooses, is full and has no queue": {[]setting{plain, chosen}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(1, 1), okAsked},
			{"", yes("decide", 2), ""},
			{"", to("move", 1, 1, false), ""},
			{"", yes("decide", 3), "full: decide.full"},
			{"", one("decide", 3), ""},
		}, []string{
			"1 at 0 confirmed: registered | 0 registration_confirmed",
			"2 at 1 confirmed: applied approved | 0 application_received 2 registration_confirmed",
			"3 at 1 declined: applied declined | 0 application_received 2 application_declined",
		}},
		"to one that chooses, and says yes": {[]setting{plain, chosen}, []deed{
			{"", reg(0, 0), okPlace}, {"", to("move", 1, 1, false), ""}, {"", yes("decide", 2), ""},
		}, []string{
			"1 at 0 cancelled: registered moved_from | 0 registration_confirmed 2 registration_moved_from",
			"2 at 1 confirmed: applied approved_queue moved | 0 application_received 2 application_waitlisted 3 registration_moved",
		}},
	} {
		s.run(name, t)
	}
}

func TestLife_offers(t *testing.T) {
	t.Parallel()
	race := plain
	race.Race = 2
	pair := act{Do: "group", A: 2, B: 0, Yes: true}
	both := act{Do: "group", A: 2, B: 0}
	for name, s := range map[string]scene{
		"runs out, and goes to the next": {[]setting{plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okQueue},
			{"", reg(0, 2), okQueue},
			{"2026-10-05 13:00:00", one("cancel", 1), ""},
			{"2026-10-06 12:59:59", act{Do: "clock"}, ""},
			{"2026-10-06 13:00:00", one("accept", 2), "closed: offer.expired"},
			{"", act{Do: "clock"}, ""},
			{"", one("accept", 2), "closed: offer.none"},
			{"", one("accept", 3), ""},
		}, []string{
			"1 at 0 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 cancelled: waitlisted offered expired@clock | 0 registration_waitlisted 2 place_offered 3 offer_expired",
			"3 at 0 confirmed: waitlisted offered@clock accepted | 0 registration_waitlisted 2 place_offered 3 registration_confirmed",
		}},
		"no, and it goes to the next": {[]setting{plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okQueue},
			{"", reg(0, 2), okQueue},
			{"", one("decline", 2), "closed: offer.none"},
			{"", one("cancel", 1), ""},
			{"", one("decline", 2), ""},
			{"", one("accept", 3), ""},
		}, []string{
			"1 at 0 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 cancelled: waitlisted offered refused | 0 registration_waitlisted 2 place_offered 3 offer_refused",
			"3 at 0 confirmed: waitlisted offered accepted | 0 registration_waitlisted 2 place_offered 3 registration_confirmed",
		}},
		"the public form does not overtake": {[]setting{plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okQueue},
			{"", one("cancel", 1), ""},
			{"", reg(0, 0), okQueue},
			{"", act{Do: "register", A: 3, Yes: true}, "full: registration.queue_only"},
			{"", one("accept", 3), "closed: offer.none"},
		}, []string{
			"1 at 0 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 offered: waitlisted offered | 0 registration_waitlisted 2 place_offered",
			"3 at 0 waitlisted: waitlisted | 0 registration_waitlisted",
		}},
		"a pair waits for two, and does not stand in the way": {[]setting{many(2)}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okPlace},
			{"", pair, ""},
			{"", reg(0, 4), okQueue},
			{"", one("cancel", 1), ""},
			{"", one("decline", 5), ""},
			{"", one("cancel", 2), ""},
			{"", one("wait for two", 3), ""},
			{"", one("accept", 3), ""},
			{"", one("accept", 4), ""},
		}, []string{
			"1 at 0 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"3 at 0 confirmed: waitlisted offered accepted | 0 registration_waitlisted 1 group_registered>kontakt@example.se 2 place_offered 3 registration_confirmed",
			"4 at 0 confirmed: waitlisted offered accepted | 0 registration_waitlisted 2 place_offered 3 registration_confirmed",
			"5 at 0 cancelled: waitlisted offered refused | 0 registration_waitlisted 2 place_offered 3 offer_refused",
		}},
		"two registered together, one is offered a place and waits for the other": {[]setting{many(2)}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okPlace},
			{"", both, ""},
			{"", reg(0, 4), okQueue},
			{"", one("cancel", 1), ""},
			{"", one("wait for two", 5), "closed: offer.no_pair"},
			{"", one("wait for two", 4), ""},
			{"", one("accept", 5), ""},
		}, []string{
			"1 at 0 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 confirmed: registered | 0 registration_confirmed",
			"3 at 0 waitlisted: waitlisted offered waits_for_two | 0 registration_waitlisted 1 group_registered>kontakt@example.se 2 place_offered 3 pair_waiting",
			"4 at 0 waitlisted: waitlisted waits_for_two | 0 registration_waitlisted 2 pair_waiting",
			"5 at 0 confirmed: waitlisted offered accepted | 0 registration_waitlisted 2 place_offered 3 registration_confirmed",
		}},
		"the first to answer": {[]setting{race}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okQueue},
			{"", reg(0, 2), okQueue},
			{"2026-10-13 10:00:00", one("accept", 3), "full: offer.gone"},
			{"", one("cancel for", 1), ""},
			{"", act{Do: "clock"}, ""},
			{"", reg(0, 3), okQueue},
			{"", one("accept", 3), ""},
			{"", one("accept", 2), "full: offer.gone"},
			{"", one("cancel for", 3), ""},
			{"2026-10-15 09:00:00", one("accept", 2), "closed: offer.none"},
		}, []string{
			"1 at 0 cancelled: registered cancelled@phone | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 waitlisted: waitlisted race_told@phone race_told@phone | 0 registration_waitlisted 2 place_race 3 place_race",
			"3 at 0 cancelled: waitlisted race_told@phone claimed cancelled@phone | 0 registration_waitlisted 2 place_race 3 registration_confirmed 4 registration_cancelled",
			"4 at 0 waitlisted: waitlisted race_told race_told@phone | 0 registration_waitlisted 2 place_race 3 place_race",
		}},
		"passed over, with a reason": {[]setting{plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okQueue},
			{"", one("cancel", 1), ""},
			{"", yes("pass over", 2), "closed: pass_over.nobody"},
			{"", reg(0, 2), okQueue},
			{"", one("pass over", 2), "invalid reason: field.reason.missing"},
			{"", yes("pass over", 3), "closed: pass_over.no_offer"},
			{"", yes("pass over", 2), ""},
			{"", one("decline", 3), ""},
			{"", one("accept", 2), ""},
		}, []string{
			"1 at 0 cancelled: registered cancelled | 0 registration_confirmed 2 registration_cancelled",
			"2 at 0 confirmed: waitlisted offered passed_over offered accepted | 0 registration_waitlisted 2 place_offered 3 offer_passed_over 4 place_offered 5 registration_confirmed",
			"3 at 0 cancelled: waitlisted offered refused | 0 registration_waitlisted 2 place_offered 3 offer_refused",
		}},
		"more places, and fewer": {[]setting{plain}, []deed{
			{"", reg(0, 0), okPlace},
			{"", reg(0, 1), okQueue},
			{"", reg(0, 2), okQueue},
			{"", act{Do: "capacity", A: 1}, ""},
			{"", act{Do: "capacity", A: 0}, "conflict: capacity.below"},
			{"", act{Do: "capacity", A: 3}, ""},
		}, []string{
			"1 at 0 confirmed: registered | 0 registration_confirmed",
			"2 at 0 offered: waitlisted offered | 0 registration_waitlisted 2 place_offered",
			"3 at 0 offered: waitlisted offered | 0 registration_waitlisted 2 place_offered",
		}},
	} {
		s.run(name, t)
	}
}
