package subscription_test

import (
	"fmt"

	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

func ExampleTo() {
	sub := subscription.To(events.TypeTipsUpdated, "message.new")
	fmt.Println(sub.Match(events.TypeMessageAdded), sub.Match(events.TypeEnergyUpdated))

	sub = subscription.To("TipUpdated")
	for _, err := range sub.Validate(false) {
		fmt.Println(err)
	}
	// Output:
	// true false
	// subscription: Types[0]: events: unknown type `TipUpdated`: did you mean `TipsUpdated`?
}

func ExampleUnion() {
	dashboard := subscription.To(events.TypeTipsUpdated, events.TypeKCoreUpdated)
	alarm := subscription.To(events.TypeMessageRejected, events.TypeKCoreUpdated)
	fmt.Println(subscription.Union(dashboard, alarm))
	// Output: [TipsUpdated KCoreUpdated MessageRejected]
}
