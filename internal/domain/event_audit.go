package domain

// What is done with events.
const (
	AuditEventCreated     AuditAction = "event.created"
	AuditEventCopied      AuditAction = "event.copied"
	AuditEventSaved       AuditAction = "event.saved"
	AuditEventPublished   AuditAction = "event.published"
	AuditEventUnpublished AuditAction = "event.unpublished"
	AuditEventChanged     AuditAction = "event.changed"   // what people have bound themselves to
	AuditEventCancelled   AuditAction = "event.cancelled" // and everyone told
	AuditEventShared      AuditAction = "event.shared"    // with another county
	AuditEventUnshared    AuditAction = "event.unshared"
	AuditEventReach       AuditAction = "event.reach_shown" // who has not been reached, by name
	AuditDocumentAdded    AuditAction = "document.added"
	AuditDocumentChanged  AuditAction = "document.changed"
	AuditDocumentRemoved  AuditAction = "document.removed"
	AuditSeriesCreated    AuditAction = "series.created"
	AuditSeriesSaved      AuditAction = "series.saved"
)
