package domain

import "time"

// GuessWindow is how long a wrong guess is held against anyone.
const GuessWindow = 24 * time.Hour

// GuessWait is how long after so many wrong guesses the next is looked at, for one account from one
// network. The first five cost nothing: people mistype. The wait ends at a quarter of an hour, which
// leaves a hundred guesses a day.
func GuessWait(failed int) time.Duration { return growing(failed, 5, 30*time.Second, 15*time.Minute) }

// GuessWaitElsewhere is the wait for one account from all networks where its user has never signed in.
// It slows a guesser with many networks, and never those from where she has signed in before.
func GuessWaitElsewhere(failed int) time.Duration {
	return growing(failed, 20, 10*time.Second, 15*time.Minute)
}

// GuessWaitNetwork is the wait for one network over all accounts whose users have not signed in from
// there: it slows one who tries a few passwords on many addresses.
func GuessWaitNetwork(failed int) time.Duration {
	return growing(failed, 40, 10*time.Second, 15*time.Minute)
}

// growing doubles first for each failure beyond free, up to most.
func growing(failed, free int, first, most time.Duration) time.Duration {
	if failed < free {
		return 0
	}
	wait := first
	for n := free; n < failed && wait < most; n++ {
		wait *= 2
	}
	return min(wait, most)
}
