-- The administration reads the records of all sites in their order.
CREATE INDEX audit_record_order ON audit_record (id);

-- All texts of a record that can be searched for, in lower case.
CREATE FUNCTION audit_text(record audit_record) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT lower(concat_ws(' ', record.summary, record.area, record.object_type, record.object_id, record.object_name,
        jsonb_path_query_array(record.changes, '$[*].from'), jsonb_path_query_array(record.changes, '$[*].to')))
$$;
