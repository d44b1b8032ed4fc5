"""The worker: sees the ledger move, folds what counts into documents, has the changed pages built and published."""
