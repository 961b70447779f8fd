package service_test

import "testing"

func TestLife_approvalAndPhone(t *testing.T) {
	t.Parallel()
	chosen := plain
	chosen.Approval = true
	short := chosen
	short.NoList = true
	for name, s := range map[string]scene{
		"yes, yes and a place in the queue, no": {[]setting{chosen}, []deed{
			{"", reg(0, 0), okAsked},
			{"", reg(0, 1), okAsked},
			{"", reg(0, 2), okAsked},
			{"", reg(0, 3), okAsked},
			{"", yes("decide", 3), ""},
			{"", yes("decide", 2), ""},
			{"", yes("decide", 1), ""},
			{"", one("decide", 4), ""},
			{"", yes("decide", 4), "closed: decide.not_pending"},
			{"", one("cancel", 3), ""},
		}, []string{
			"1 at 0 offered: applied approved_queue offered | 0 application_received 2 application_waitlisted 3 place_offered",
			"2 at 0 waitlisted: applied approved_queue | 0 application_received 2 application_waitlisted",
			"3 at 0 cancelled: applied approved cancelled | 0 application_received 2 registration_confirmed 3 registration_cancelled",
			"4 at 0 declined: applied declined | 0 application_received 2 application_declined",
		}},
		"an application that is taken back": {[]setting{chosen}, []deed{
			{"", reg(0, 0), okAsked}, {"", one("cancel", 1), ""}, {"", yes("decide", 1), "closed: decide.not_pending"},
		}, []string{
			"1 at 0 cancelled: applied left | 0 application_received 2 queue_left",
		}},
		"neither a place nor a queue": {[]setting{short}, []deed{
			{"", reg(0, 0), okAsked}, {"", reg(0, 1), okAsked}, {"", yes("decide", 1), ""}, {"", yes("decide", 2), "full: decide.full"},
		}, []string{
			"1 at 0 confirmed: applied approved | 0 application_received 2 registration_confirmed",
			"2 at 0 pending: applied | 0 application_received",
		}},
		"by telephone, without an address": {[]setting{many(2)}, []deed{
			{"", act{Do: "phone"}, okPlace},
			{"", act{Do: "phone"}, okPlace},
			{"", act{Do: "phone"}, okQueue},
			{"", one("cancel for", 1), ""},
			{"", one("accept", 3), ""},
			{"", with("hand over", 3, 1), ""},
			{"", with("change", 2, 2), ""},
		}, []string{
			"1 at 0 cancelled: registered@phone cancelled@phone | 0 registration_confirmed> 2 registration_cancelled>",
			"2 at 0 confirmed: registered@phone address_changed | 0 registration_confirmed> 2 address_new",
			"3 at 0 transferred: waitlisted@phone offered@phone accepted handed_over | 0 registration_waitlisted> 2 place_offered> 3 registration_confirmed> 4 place_handed_over>",
			"4 at 0 confirmed: received | 0 place_received",
		}},
	} {
		s.run(name, t)
	}
}
