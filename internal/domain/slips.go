package domain

// slips is what the slips of the finger between a and b weigh: a letter left out, put in, or changed places with the
// next weighs order, and one mistaken for another letter.
func slips(a, b []rune, order, letter int) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j * order
	}
	for i := range a {
		next[0] = (i + 1) * order
		for j := range b {
			n := row[j]
			if a[i] != b[j] {
				n += letter
			}
			n = min(n, row[j+1]+order, next[j]+order)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				n = min(n, before[j-1]+order)
			}
			next[j+1] = n
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
