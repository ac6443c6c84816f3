-- Where a request came from; null: from nowhere, as what is done in the background.
ALTER TABLE audit_record ADD COLUMN remote_address text;
