-- The lax way of reading a path told each text of a document twice, so that phrases were found that are not there.
CREATE OR REPLACE FUNCTION document_text(json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(part #>> '{}', ' ') FROM jsonb_path_query($1::jsonb, 'strict $.** ? (exists (@.text)).text') part
$$;

UPDATE worklog SET comment = comment;
