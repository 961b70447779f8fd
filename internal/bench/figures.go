package main

// benchmarks lists every figure in the order it is taken. The aims are those the program was built
// for; what a machine reaches is told beside them.
func benchmarks() []benchmark {
	return []benchmark{
		{name: "binary_size", aim: aim{AtMost: 40, Plain: true}, run: binarySize},
		{name: "start", run: startToAnswer},
		{name: "idle_memory", aim: aim{AtMost: 40, Plain: true}, run: idleMemory},

		{name: "registrations_http_1", run: registrationsOverHTTP(1, 800)},
		{name: "registrations_http_64", aim: aim{AtLeast: 0.4}, run: registrationsOverHTTP(64, 6000)},
		{name: "registrations_http_256", aim: aim{AtLeast: 0.6}, run: registrationsOverHTTP(256, 8000)},

		{name: "registrations_postgres_64", run: registrationsOnPostgres(onPostgres{clients: 64, perSecond: 1200, events: 1, instances: 1})},
		{name: "registrations_postgres_256", run: registrationsOnPostgres(onPostgres{clients: 256, perSecond: 1500, events: 1, instances: 1})},
		{name: "registrations_postgres_50_events", run: registrationsOnPostgres(onPostgres{clients: 256, perSecond: 3000, events: 50, instances: 1})},
		{name: "registrations_postgres_2_instances", run: registrationsOnPostgres(onPostgres{clients: 256, perSecond: 1500, events: 1, instances: 2})},

		{name: "list_kept", aim: aim{AtLeast: 0.5}, run: listOverHTTP(keptList())},
		{name: "list_not_modified", aim: aim{AtLeast: 0.6}, run: listOverHTTP(knownList())},
		{name: "list_fresh", run: listOverHTTP(freshList())},
		{name: "list_p99_while_registering", aim: aim{AtMost: 4}, run: listWhileRegistering},
		{name: "pages_while_rushing", aim: aim{AtMost: 25, Plain: true}, run: whileRushing(false)},
		{name: "staff_while_rushing", aim: aim{AtMost: 100, Plain: true}, run: whileRushing(true)},
		{name: "overload_5000", aim: aim{AtMost: 3000, Plain: true}, run: overload(5000)},

		{name: "workbook_10000", aim: aim{AtMost: 2}, run: workbook(10_000)},
		{name: "workbook_100000", aim: aim{AtMost: 2}, run: workbook(100_000)},
		{name: "workbook_100000_memory", aim: aim{AtMost: 100, Plain: true}, run: workbookPeak(100_000)},

		{name: "return_100000", aim: aim{AtMost: 300, Plain: true}, run: returning(100_000)},

		{name: "participants_page", aim: aim{AtMost: 50, Plain: true}, run: participantsPage(100_000)},

		{name: "mails_1", aim: aim{AtLeast: 0.6}, run: mailsDelivered(mailPlan{connections: 1, perSecond: 3000})},
		{name: "mails_8", aim: aim{AtLeast: 0.6}, run: mailsDelivered(mailPlan{connections: 8, perSecond: 5000})},
		{name: "mails_64", aim: aim{AtLeast: 0.6}, run: mailsDelivered(mailPlan{connections: 64, perSecond: 5000})},
		{name: "mails_8_no_pipelining", aim: aim{AtLeast: 0.5}, run: mailsDelivered(mailPlan{connections: 8, perSecond: 4000, simple: true})},
		{name: "mails_8_relay_5ms", aim: aim{AtLeast: 0.6}, run: mailsDelivered(mailPlan{connections: 8, perSecond: 350, slow: true})},
		{name: "mails_64_relay_5ms", aim: aim{AtLeast: 0.6}, run: mailsDelivered(mailPlan{connections: 64, perSecond: 2500, slow: true})},
		{name: "mails_8_written", aim: aim{AtLeast: 0.6}, run: mailsDelivered(mailPlan{connections: 8, perSecond: 4000, written: true})},
		{name: "outbox_1", run: outboxDrained(mailPlan{connections: 1, perSecond: 1000})},
		{name: "outbox_8", run: outboxDrained(mailPlan{connections: 8, perSecond: 2000})},
		{name: "outbox_64", run: outboxDrained(mailPlan{connections: 64, perSecond: 2000})},
		{name: "outbox_8_relay_5ms", aim: aim{AtLeast: 0.6}, run: outboxDrained(mailPlan{connections: 8, perSecond: 350, slow: true})},
		{name: "outbox_64_relay_5ms", run: outboxDrained(mailPlan{connections: 64, perSecond: 2000, slow: true})},
	}
}
