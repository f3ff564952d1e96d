module github.com/adic/adic-go

go 1.25
