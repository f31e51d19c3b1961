"""Issues by the hundred thousand, as ten years of a district bring them: in the order of time, nearly all closed.

Written by the database itself from its own areas, levels and categories, each with the event of its submission; the
counters are put right afterwards. The seals of these events are made up: a benchmark reads the log, nobody checks it.
"""

from django.db import connection

from issues import counters
from issues.models import Issue

DAYS = 3650
# One issue in twenty is open, one in a hundred overdue, whatever its age: more than any district would leave undone.
# Of the open ones one in twenty waits for a level, one for a ruling and one for the resident's word.
INSERT = """
WITH places AS (
    SELECT a.id AS area_id, a.street_id, p.team_id, t.unit_id AS pairing_unit,
           row_number() OVER (ORDER BY a.id) - 1 AS place, count(*) OVER () AS places
    FROM teams_area a JOIN teams_pairing p ON p.area_id = a.id JOIN teams_team t ON t.id = p.team_id
), kinds AS (
    SELECT id AS category_id, row_number() OVER (ORDER BY id) - 1 AS kind, count(*) OVER () AS kinds FROM issues_category
), numbered AS (
    SELECT n, n %% 20 = 0 AS is_open, n %% 100 = 0 AS is_overdue,
           CASE n %% 400 WHEN 0 THEN 'awaiting_level' WHEN 140 THEN 'awaiting_ruling' WHEN 260 THEN 'awaiting_confirmation'
           ELSE 'in_progress' END AS open_status,
           (ARRAY['夜间停车占消防通道', '三号楼电梯又停了', '水管漏水半个月', '楼道堆放杂物', '路灯不亮', '广场舞音响太吵',
                  '快递柜挡住坡道', '垃圾房气味大', '充电桩不够用', '绿化带被占', '雨天积水', '门禁坏了'])[1 + n %% 12] AS title,
           CASE WHEN n %% 10000 = 17 THEN '凉亭的匾额掉了，请修。' ELSE
           '晚上八点以后' || n %% 89 || '号楼前车子都停到消防通道上，救护车开不进来，居民' || n %% 97 || '户反映过多次。' END AS said,
           now() - make_interval(secs => (%(last)s - n)::float / (%(last)s - %(first)s + 1) * %(days)s * 86400) AS submitted
    FROM generate_series(%(first)s, %(last)s) AS n
)
INSERT INTO issues_issue (
    version, code, quarter, team_id, area_id, street_id, raised_on, title, original_text, place, category_id,
    complexity, households, needs_lawyer, status, level_id, level_unsure, owner_unit_id, accept_by, due_on,
    extended, returns, ending, days_used, submitted_at, accepted_at, answered_at, closed_at
)
SELECT 1, 'B' || lpad(n::text, 9, '0'), to_char(submitted AT TIME ZONE 'Asia/Shanghai', 'YY"Q"Q'), team_id, area_id, street_id,
       submitted::date, title, said, '', category_id,
       'ordinary', 1, false, CASE WHEN is_open THEN open_status ELSE 'resolved' END,
       CASE WHEN NOT is_open OR open_status <> 'awaiting_level' THEN (SELECT id FROM issues_level WHERE number = 1 + (n %% 2)) END,
       is_open AND open_status = 'awaiting_level',
       CASE WHEN is_open AND open_status IN ('awaiting_level', 'awaiting_ruling') THEN NULL
            WHEN n / 20 %% 2 = 0 THEN pairing_unit ELSE street_id END,
       submitted::date + 3,
       CASE WHEN is_overdue THEN current_date - 5 WHEN is_open THEN current_date + (n %% 40)::int ELSE submitted::date + 15 END,
       false, 0, CASE WHEN is_open THEN '' ELSE 'resolved' END, CASE WHEN is_open THEN NULL ELSE (n %% 25)::int END,
       submitted, submitted, CASE WHEN is_open THEN NULL ELSE submitted END, CASE WHEN is_open THEN NULL ELSE submitted END
FROM numbered
JOIN places ON place = (n / 7) %% places
JOIN kinds ON kind = (n / 3) %% kinds
ORDER BY n
"""
DESKS = """
INSERT INTO issues_assignment (issue_id, level_id, unit_id, since)
SELECT id, level_id, owner_unit_id, submitted_at FROM issues_issue
WHERE code BETWEEN %(first)s AND %(last)s AND owner_unit_id IS NOT NULL
"""
# Row by row these two would take longer than all the rest.
WORDS_OFF = "DROP INDEX issues_words_pairs; ALTER TABLE issues_issue DISABLE TRIGGER issues_new_words"
WORDS_ON = """
INSERT INTO issues_words SELECT id, issues_pairs(concat_ws(chr(10), title, original_text, place, code)) FROM issues_issue
WHERE code BETWEEN %(first)s AND %(last)s;
SET maintenance_work_mem = '256MB';
CREATE INDEX issues_words_pairs ON issues_words USING gin (pairs) WITH (gin_pending_list_limit = 256);
ALTER TABLE issues_issue ENABLE TRIGGER issues_new_words
"""
EVENTS = """
WITH head AS (SELECT seq FROM core_chainhead WHERE id = 1), made AS (
    INSERT INTO core_event (
        seq, recorded_at, occurred_at, actor_name, object_type, object_id, object_seq, verb, payload, previous, hash
    )
    SELECT head.seq + row_number() OVER (ORDER BY id), submitted_at, submitted_at, '导入', 'issues.issue', id, 1, 'submit', '{}',
           md5(id::text) || md5(code), md5(code) || md5(id::text)
    FROM issues_issue, head WHERE code BETWEEN %(first)s AND %(last)s
    RETURNING 1
)
UPDATE core_chainhead SET seq = seq + (SELECT count(*) FROM made) WHERE id = 1
"""


def grow_to(total: int) -> None:
    """Add generated issues until there are `total` of them, then recount and let the database look at its tables."""
    first = Issue.objects.filter(code__startswith="B").count() + 1
    codes = {"first": f"B{first:09d}", "last": f"B{total:09d}"}
    with connection.cursor() as cursor:
        cursor.execute(WORDS_OFF)
        cursor.execute(INSERT, {"first": first, "last": total, "days": DAYS})
        cursor.execute(DESKS, codes)
        cursor.execute(EVENTS, codes)
        cursor.execute(WORDS_ON, codes)
    counters.repair()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
