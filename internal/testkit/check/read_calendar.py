# Reads a calendar on standard input; writes its events as JSON.
import datetime, json, sys
import icalendar

def moment(event, name):
    value = event.get(name)
    if value is None:
        return ""
    value = value.dt
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            sys.exit(name + " floats: it names no zone")
        return value.astimezone(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return value.strftime("%Y%m%d")

def words(component, name):
    return str(component.get(name, ""))

calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
if calendar.errors:
    sys.exit(str(calendar.errors))
events = []
for event in calendar.walk("VEVENT"):
    if event.errors:
        sys.exit(str(event.errors))
    attendees = event.get("ATTENDEE", [])
    events.append({
        "Method": words(calendar, "METHOD"), "UID": words(event, "UID"), "Summary": words(event, "SUMMARY"),
        "Location": words(event, "LOCATION"), "Description": words(event, "DESCRIPTION"),
        "Status": words(event, "STATUS"), "Start": moment(event, "DTSTART"), "End": moment(event, "DTEND"),
        "Sequence": int(event.get("SEQUENCE", 0)), "Organizer": words(event, "ORGANIZER"),
        "Attendees": [str(a) for a in (attendees if isinstance(attendees, list) else [attendees])],
    })
json.dump(events, sys.stdout)
