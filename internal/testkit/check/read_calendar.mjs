// Reads a calendar on standard input with the ical.js named as the first argument; writes its
// events as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const ICAL = (await import(pathToFileURL(process.argv[1]).href)).default;
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);

const words = (c, name) => String(c.getFirstPropertyValue(name) ?? "");
const moment = (event, name) => {
  const time = event.getFirstPropertyValue(name);
  if (!time) return "";
  const pad = (n, width = 2) => String(n).padStart(width, "0");
  if (time.isDate) return pad(time.year, 4) + pad(time.month) + pad(time.day);
  if (time.zone === ICAL.Timezone.localTimezone) throw new Error(name + " floats: it names no zone");
  return time.toJSDate().toISOString().replace(/[-:]|\.\d+/g, "");
};

const events = calendar.getAllSubcomponents("vevent").map(event => ({
  Method: words(calendar, "method"), UID: words(event, "uid"), Summary: words(event, "summary"),
  Location: words(event, "location"), Description: words(event, "description"), Status: words(event, "status"),
  Start: moment(event, "dtstart"), End: moment(event, "dtend"), Sequence: Number(words(event, "sequence")),
  Organizer: words(event, "organizer"), Attendees: event.getAllProperties("attendee").map(a => String(a.getFirstValue())),
}));
console.log(JSON.stringify(events));
