"""The pure core: `handle` answers a command, `fold` adds entries up, `pass_time` writes what silence brought.

Nothing here waits, and nothing here knows the engine. The workflow performs what `follow_ups` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from incidents import (
    approval,
    assessing,
    attention,
    chain,
    chasers,
    commander,
    consultation,
    deadlines,
    departures,
    disposal,
    facts,
    false_alarm,
    handling,
    handover,
    instructions,
    joining,
    ledger,
    name_lists,
    notes,
    notices,
    onsite,
    orders,
    origins,
    packs,
    publication,
    receipts,
    recovery,
    release,
    reporting,
    response,
    safety,
    signing,
    tasks,
    termination,
    warning,
    zones,
)
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft, Entry, Head
from incidents.record import Record
from plans.schema import Plan
from statecharts.lifecycle import LIFECYCLE

Rule = Callable[[Plan, Record, Any, datetime], Answer]
Fold = Callable[[Record, Draft], Record]

COMMANDS: dict[type[Command], Rule] = {
    assessing.OpenWarning: assessing.open_warning,
    assessing.RecordInboundWarning: assessing.record_inbound_warning,
    warning.ProposeWarning: warning.propose_warning,
    warning.AuthoriseWarning: warning.authorise_warning,
    publication.SubmitWarning: publication.submit_warning,
    publication.SecondWarning: publication.second_warning,
    publication.RecordPublication: publication.record_publication,
    publication.CorrectPublication: publication.correct_publication,
    publication.WithdrawPublication: publication.withdraw_publication,
    publication.ConfirmCorrection: publication.confirm_correction,
    warning.AdjustWarning: warning.adjust_warning,
    warning.LiftWarning: warning.lift_warning,
    warning.DropWarning: warning.drop_warning,
    assessing.BecomeAccident: assessing.become_accident,
    facts.Open: facts.open_,
    facts.ReportFacts: facts.report_facts,
    joining.JoinIntake: joining.join_intake,
    ledger.MovePeople: ledger.move_people,
    ledger.CorrectCount: ledger.correct_count,
    ledger.SettleCount: ledger.settle_count,
    name_lists.AttachPeople: name_lists.attach_people,
    facts.RaiseGrade: facts.raise_grade,
    facts.LowerGrade: facts.lower_grade,
    response.ProposeLevel: response.propose_level,
    response.RecordStartAbove: response.record_start_above,
    response.ExtendResponse: response.extend_response,
    approval.Decide: approval.decide,
    approval.Sign: approval.sign,
    approval.RecordOral: approval.record_oral,
    approval.ConfirmOral: approval.confirm_oral,
    approval.CallBack: approval.call_back,
    approval.AttachSignature: approval.attach_signature,
    approval.Ratify: approval.ratify,
    approval.Dispute: approval.dispute,
    chain.DraftReport: chain.draft_report,
    reporting.SendReport: reporting.send_report,
    reporting.SignReport: reporting.sign_report,
    receipts.ConfirmReceipt: receipts.confirm_receipt,
    receipts.DisputeReceipt: receipts.dispute_receipt,
    receipts.SettleReceipt: receipts.settle_receipt,
    chasers.RecordChaser: chasers.record_chaser,
    chasers.AnswerChaser: chasers.answer_chaser,
    origins.CorrectTime: origins.correct_time,
    handling.SkipLevel: handling.skip_level,
    handling.RecordClassified: handling.record_classified,
    handling.FlagReport: handling.flag_report,
    disposal.RecordStart: disposal.record_start,
    disposal.RecordTakeover: disposal.record_takeover,
    tasks.CompleteTask: tasks.complete_task,
    tasks.RequestSupport: tasks.request_support,
    tasks.AnswerSupport: tasks.answer_support,
    orders.AssignTask: orders.assign_task,
    orders.ReportProgress: orders.report_progress,
    packs.ChoosePack: packs.choose_pack,
    onsite.FormOnsiteHq: onsite.form_onsite_hq,
    onsite.DissolveOnsiteHq: onsite.dissolve_onsite_hq,
    onsite.SetGroup: onsite.set_group,
    onsite.CheckIn: onsite.check_in,
    onsite.CheckOut: onsite.check_out,
    commander.LeaderArrived: commander.leader_arrived,
    commander.NamePost: commander.name_post,
    commander.ConfirmDeputy: commander.confirm_deputy,
    commander.RecordGuiding: commander.record_guiding,
    handover.OfferHandover: handover.offer_handover,
    handover.AcceptHandover: handover.accept_handover,
    handover.RefuseHandover: handover.refuse_handover,
    commander.DeclareHandover: commander.declare_handover,
    commander.CorrectHandover: commander.correct_handover,
    handover.HandOverFunction: handover.hand_over_function,
    instructions.Instruct: instructions.instruct,
    instructions.ConveyInstruction: instructions.convey,
    instructions.ReportBack: instructions.report_back,
    instructions.SettleInstructions: instructions.settle,
    instructions.CloseInstruction: instructions.close,
    consultation.RecordConsultation: consultation.record_consultation,
    zones.SetZone: zones.set_zone,
    zones.EnterZone: zones.enter_zone,
    zones.LeaveZone: zones.leave_zone,
    zones.RollCall: zones.roll_call,
    safety.SuspendRescue: safety.suspend_rescue,
    safety.ConfirmAllOut: safety.confirm_all_out,
    safety.ResumeRescue: safety.resume_rescue,
    release.DraftRelease: release.draft_release,
    release.RecordRelease: release.record_release,
    release.CorrectRelease: release.correct_release,
    release.ConfirmReleaseCorrection: release.confirm_release_correction,
    termination.TickCondition: termination.tick_condition,
    termination.ProposeTermination: termination.propose_termination,
    termination.ConfirmWithdrawal: termination.confirm_withdrawal,
    termination.ProposeLifting: termination.propose_lifting,
    termination.RecordSuperiorEnd: termination.record_superior_end,
    termination.Reopen: termination.reopen,
    false_alarm.DeclareFalseAlarm: false_alarm.declare_false_alarm,
    false_alarm.ConfirmFalseAlarm: false_alarm.confirm_false_alarm,
    recovery.Requisition: recovery.requisition,
    recovery.OpenRevision: recovery.open_revision,
    recovery.Archive: recovery.archive,
    notices.Notify: notices.notify,
    deadlines.SetDeadline: deadlines.set_deadline,
    deadlines.MeetDeadline: deadlines.meet_deadline,
    deadlines.StandDown: deadlines.stand_down,
    departures.Deviate: departures.deviate,
    departures.RecordExternal: departures.record_external,
    departures.AttachEvidence: departures.attach_evidence,
    signing.SignDocument: signing.sign_document,
    notes.Note: notes.note,
    notes.Correct: notes.correct,
}
"""Every command of the core, with the rule that answers it, in the order in which an incident meets them."""

OPENING: tuple[type[Command], ...] = (assessing.OpenWarning, facts.Open)
"""What an incident may begin with."""

BEFORE_ACCIDENT: tuple[type[Command], ...] = (
    *(
        command
        for command in COMMANDS
        if command.__module__ in (assessing.__name__, warning.__name__, publication.__name__)
    ),
    joining.JoinIntake,
    approval.Decide,
    approval.Sign,
    approval.RecordOral,
    approval.ConfirmOral,
    approval.CallBack,
    approval.AttachSignature,
    approval.Ratify,
    approval.Dispute,
    tasks.CompleteTask,
    recovery.Archive,
    notices.Notify,
    deadlines.SetDeadline,
    deadlines.MeetDeadline,
    deadlines.StandDown,
    departures.Deviate,
    departures.RecordExternal,
    departures.AttachEvidence,
    notes.Note,
    notes.Correct,
)
"""What a warning takes from which no accident has come."""

AFTER_ARCHIVE: tuple[type[Command], ...] = (
    facts.ReportFacts,
    joining.JoinIntake,
    receipts.DisputeReceipt,
    receipts.SettleReceipt,
    ledger.MovePeople,
    ledger.CorrectCount,
    ledger.SettleCount,
    name_lists.AttachPeople,
    handling.FlagReport,
    recovery.OpenRevision,
    publication.ConfirmCorrection,
    tasks.CompleteTask,
    approval.ConfirmOral,
    approval.AttachSignature,
    approval.Ratify,
    approval.Dispute,
    departures.RecordExternal,
    departures.AttachEvidence,
    signing.SignDocument,
    release.CorrectRelease,
    release.ConfirmReleaseCorrection,
    notes.Note,
    notes.Correct,
)
"""What an archived incident still takes, until its casualty window ends."""


def _nothing(record: Record, entry: Draft) -> Record:
    return record


_FOLDS: dict[str, tuple[Fold, ...]] = {
    "warning_opened": (assessing.opened,),
    "inbound_warning": (_nothing,),
    "warning_determined": (warning.determined,),
    "warning_submitted": (publication.submitted,),
    "warning_seconded": (publication.seconded,),
    "warning_published": (publication.published,),
    "publication_corrected": (publication.corrected,),
    "publication_withdrawn": (publication.withdrawn,),
    "correction_confirmed": (publication.confirmed,),
    "correction_published": (publication.correction_published,),
    "warning_expired": (warning.ended,),
    "warning_dropped": (warning.ended,),
    "became_accident": (assessing.became, commander.presumed),
    "opened": (facts.opened, commander.presumed),
    "facts_reported": (facts.reported,),
    "intake_joined": (joining.joined,),
    "people_moved": (ledger.moved,),
    "count_corrected": (ledger.corrected,),
    "count_settled": (ledger.settled,),
    "people_listed": (name_lists.listed,),
    "graded": (facts.regraded,),
    "attention_raised": (attention.raised,),
    "grade_raised": (facts.moved,),
    "grade_lowered": (facts.moved,),
    "proposed": (approval.proposed, warning.proposed),
    "approval_answered": (approval.answered, warning.answered),
    "approval_chased": (approval.chased,),
    "oral_confirmed": (approval.confirmed,),
    "called_back": (approval.called_back,),
    "signature_attached": (approval.attached,),
    "ratified": (approval.ratified,),
    "disputed": (approval.disputed,),
    "onsite_hq_reformed": (onsite.reformed,),
    "level_ordered": (response.ordered,),
    "response_extended": (response.extended,),
    "response_lifted": (response.lifted, onsite.dissolved),
    "report_drafted": (chain.drafted,),
    "report_sent": (chain.sent,),
    "report_signed": (_nothing,),
    "receipt_confirmed": (receipts.confirmed,),
    "receipt_disputed": (receipts.disputed,),
    "receipt_settled": (receipts.settled,),
    "chaser_received": (chasers.received,),
    "chaser_answered": (chasers.answered,),
    "time_corrected": (origins.corrected,),
    "level_skipped": (_nothing,),
    "classified_sent": (_nothing,),
    "report_flagged": (handling.flagged,),
    "response_begun": (_nothing,),
    "taken_over": (disposal.passed,),
    "tasks_given": (tasks.given,),
    "task_moved": (tasks.moved,),
    "support_requested": (tasks.requested,),
    "support_answered": (tasks.answered,),
    "tasks_released": (tasks.released,),
    "tasks_withdrawn": (tasks.withdrawn,),
    "task_assigned": (orders.assigned,),
    "task_progress": (orders.progressed,),
    "pack_chosen": (packs.chosen,),
    "onsite_hq_formed": (onsite.formed,),
    "onsite_hq_dissolved": (onsite.dissolved,),
    "group_formed": (onsite.grouped,),
    "group_set": (onsite.grouped,),
    "checked_in": (onsite.signed_in,),
    "checked_out": (onsite.signed_out,),
    "leader_arrived": (commander.arrived,),
    "command_taken": (commander.taken,),
    "command_passed": (commander.passed, handover.passed),
    "command_time_corrected": (commander.corrected,),
    "guiding": (commander.guided,),
    "post_named": (commander.named,),
    "post_confirmed": (commander.confirmed,),
    "handover_offered": (handover.offered,),
    "handover_accepted": (handover.accepted,),
    "handover_refused": (handover.refused,),
    "function_passed": (handover.passed,),
    "instruction_received": (instructions.received,),
    "instruction_conveyed": (instructions.conveyed,),
    "instruction_reported": (instructions.reported,),
    "instruction_closed": (instructions.closed,),
    "instructions_settled": (instructions.settled,),
    "consultation_held": (consultation.held,),
    "zone_set": (zones.marked,),
    "zone_entered": (zones.entered,),
    "zone_left": (zones.left,),
    "roll_called": (zones.called,),
    "rescue_suspended": (safety.suspended,),
    "counted_out": (safety.counted,),
    "rescue_resumed": (safety.resumed,),
    "release_drafted": (release.drafted,),
    "release_published": (release.published,),
    "release_corrected": (release.corrected,),
    "release_correction_confirmed": (release.confirmed,),
    "condition_found": (termination.found,),
    "end_approved": (termination.end_approved,),
    "withdrawn": (termination.withdrawn,),
    "nothing_to_lift": (termination.nothing_to_lift, onsite.dissolved),
    "reopened": (termination.reopened,),
    "superior_ended": (termination.superior_ended,),
    "false_alarm_declared": (false_alarm.declared,),
    "false_alarm_confirmed": (false_alarm.confirmed,),
    "requisitioned": (recovery.requisitioned,),
    "revision_opened": (recovery.revised,),
    "casualties_changed": (recovery.changed,),
    "window_opened": (recovery.window_opened,),
    "archived": (recovery.archived,),
    "archive_written": (recovery.kept,),
    "closed": (recovery.closed,),
    "clocks_started": (deadlines.started,),
    "clock_due_soon": (deadlines.moved,),
    "clock_overdue": (deadlines.moved,),
    "clock_done": (deadlines.moved,),
    "clock_void": (deadlines.moved,),
    "clock_missed": (deadlines.moved,),
    "clock_stood_down": (deadlines.moved,),
    "notice_issued": (notices.issued,),
    "notice_sent": (notices.went,),
    "notice_answered": (notices.heard,),
    "notice_chased": (notices.chased,),
    "notices_withdrawn": (notices.withdrawn,),
    "deviation": (departures.deviated,),
    "external": (_nothing,),
    "evidence": (departures.kept,),
    "document_signed": (signing.signed,),
    "noted": (_nothing,),
    "corrected": (_nothing,),
}

_CHAPTERS = (
    warning.follows,
    facts.follows,
    attention.follows,
    reporting.follows,
    disposal.follows,
    approval.follows,
    response.follows,
    onsite.follows,
    commander.follows,
    handover.follows,
    termination.follows,
    recovery.follows,
)
"""What each chapter brings by itself, in the order of the plan."""

_CHAPTERS_BEFORE_ACCIDENT = (warning.follows, approval.follows, recovery.follows)
"""The same, while nothing has happened yet."""

_ROUNDS = 40
"""More rounds than consequences can have: a rule that brings itself again is a fault, not a loop."""


class FollowUps(NamedTuple):
    """What must now be done: batches to send, and the instant at which time alone changes something."""

    sendings: tuple[notices.Sending, ...]
    next_due: datetime | None
    archive: bool
    """Whether the dossier must be written."""


def handle(plan: Plan, record: Record, command: Command, now: datetime) -> Answer:
    """The entries that `command` brings, with all that follows from them, or a refusal in words. Changes nothing."""
    if refusal := _forbidden(plan, record, command, now):
        return refusal
    answer = COMMANDS[type(command)](plan, record.but(person=command.envelope.user), command, now)
    if isinstance(answer, Refusal) or not answer:
        return answer
    return (*answer, *pass_time(plan, _added(record, answer), now))


def pass_time(plan: Plan, record: Record, now: datetime) -> tuple[Draft, ...]:
    """What has followed by `now` with nobody doing anything: what rules bring, clocks overdue, silent units chased."""
    if record.phase in (LIFECYCLE.initial, "closed"):
        return ()
    drafts: list[Draft] = []
    for _ in range(_ROUNDS):
        news = next(_news(plan, record, now), ())
        if not news:
            return tuple(drafts)
        drafts += news
        record = _added(record, news)
    raise RuntimeError(f"incident {record.id}: {drafts[-1].kind} brings itself again")


def follow_ups(plan: Plan, record: Record) -> FollowUps:
    """What the shell must do next, read from the record alone."""
    due = [
        *deadlines.instants(record),
        *notices.instants(record),
        *approval.instants(plan, record),
        *recovery.instants(record),
        *warning.instants(record),
    ]
    archive = record.closed or (record.phase == "archived" and not record.archive)
    return FollowUps(tuple(notices.sendings(record)), min(due, default=None), archive)


def fold(record: Record, entries: Iterable[Entry]) -> Record:
    """The record after `entries`; they must follow its head."""
    for entry in entries:
        if entry.prev != record.head.hash:
            raise ValueError(f"entry {entry.seq} does not follow entry {record.head.seq}")
        record = fold_one(record, entry).but(head=Head(seq=entry.seq, hash=entry.hash))
    return record


def _news(plan: Plan, record: Record, now: datetime) -> Iterator[tuple[Draft, ...]]:
    """Each chapter's consequences in turn; the next chapter sees them folded."""
    for chapter in _CHAPTERS_BEFORE_ACCIDENT if record.facts is None else _CHAPTERS:
        if drafts := tuple(chapter(plan, record, now)):
            yield drafts
    if drafts := (*deadlines.passing(record, now), *notices.chases(record, now)):
        yield drafts


def _forbidden(plan: Plan, record: Record, command: Command, now: datetime) -> Refusal | None:
    """What is refused before any chapter is asked."""
    if record.phase == LIFECYCLE.initial and not isinstance(command, OPENING):
        return Refusal(zh="该事故尚未开启", reason="this incident is not open yet", kind="plan")
    if record.phase == "closed":
        return Refusal(zh="该事故已结案", reason="this incident is closed", kind="plan")
    if record.phase == "archived" and not isinstance(command, AFTER_ARCHIVE):
        return Refusal(
            zh=f"{command.verb}：该事故已归档，只接收事实和记录",
            reason=f"{command.verb}: this incident is archived; facts and notes are taken",
            kind="plan",
        )
    if record.phase != LIFECYCLE.initial and record.facts is None and not isinstance(command, BEFORE_ACCIDENT):
        return Refusal(
            zh=f"{command.verb}：尚在预警，未发生事故；发生后先用 become-accident",
            reason=f"{command.verb}: this is a warning, and nothing has happened yet; `become-accident` comes first",
            kind="plan",
        )
    post = plan.posts.get(command.envelope.post)
    if post is None:
        return Refusal(
            zh=f"post：应为预案中的岗位，现为 {command.envelope.post}",
            reason=f"post: expected a post of the plan, found {command.envelope.post}",
            kind="hard",
        )
    if not set(post.roles) & set(command.roles):
        return Refusal(
            zh=f"{command.verb}：{post.title}无权办理",
            reason=f"{command.verb}: {post.title} may not do this",
            kind="plan",
            clauses=post.clauses,
        )
    if command.true_at is not None and command.true_at > now:
        return Refusal(
            zh=f"true_at：不能晚于现在（{now.isoformat()}）",
            reason=f"true_at: expected a time that is not in the future (now {now.isoformat()})",
        )
    return None


def _added(record: Record, drafts: Iterable[Draft]) -> Record:
    for draft in drafts:
        record = fold_one(record, draft).but(head=Head(seq=record.head.seq + 1, hash=record.head.hash))
    return record


def fold_one(record: Record, draft: Draft) -> Record:
    for fold_in in _FOLDS[draft.kind]:
        record = fold_in(record, draft)
    # Whatever follows by itself follows from what a person did.
    return record if draft.user in ("system", record.person) else record.but(person=draft.user)
