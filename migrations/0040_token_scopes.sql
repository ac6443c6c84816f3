-- What a token is limited to (A-4); without scopes it may do all that its owner may.
ALTER TABLE api_token ADD COLUMN scopes text[] CHECK (cardinality(scopes) > 0);
