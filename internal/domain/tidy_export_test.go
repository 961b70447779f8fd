package domain

import "strings"

// What the tests of the short way for tidy lines compare.
var (
	IsTidy        = isTidy
	SearchKeyLong = searchKey
	SortKeyLong   = sortKey
)

// CleanLineLong is CleanLine the long way, for what is UTF-8.
func CleanLineLong(s string) string { return strings.Join(strings.Fields(keepVisible(s, false)), " ") }
