"""Acts on plans: keep a version, put one in force."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import LockSpace, lock_name
from linli.foundation.data.numbering import take_labels
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.areas.queries import stamp_of
from linli.ground.users.queries import authority
from linli.kernel.act import Act
from linli.kernel.canonical import canonical_json
from linli.kernel.errors import DomainError
from linli.kernel.steps import SamePerson
from linli.law.policies.queries import pack_by_digest
from linli.overview.planning.engine import Change, adoption_of, plan_from_pack
from linli.overview.planning.models import Adoption, PlanVersion
from linli.overview.planning.permissions import check_adopt, check_save
from linli.overview.planning.queries.versions import by_oneself, current_adoption, plan_of


class VersionSavedAlready(DomainError):
    """The community has a version that says the same."""

    message = _("内容相同的版本 %(number)s 已经保存过")


class VersionAdoptedAlready(DomainError):
    """The version is the one in force."""

    message = _("版本 %(number)s 正在执行，不必再次采用")


@act
def save_version(
    act: Act, *, community_id: int, pack_digest: str, changes: Sequence[Change], note: str = ""
) -> PlanVersion:
    """Keep the pack's plan with other figures (in their own units) as a version of the community's.

    Raises NotPermitted, ChangeRefused, PlanMissing, PackAltered, VersionSavedAlready.
    """
    stamp = stamp_of(community_id)
    check_save(act, stamp)
    pack = pack_by_digest(pack_digest)
    written = plan_from_pack(pack)
    plan = written.with_changes(changes)
    same = PlanVersion.objects.filter(community_id=community_id, plan_digest=plan.digest).first()
    if same is not None:
        raise VersionSavedAlready(number=same.number)
    version = PlanVersion.objects.create(
        number=take_labels("FA", plan.year, digits=3)[0],
        scheme=pack.code,
        pack_digest=pack_digest,
        year=plan.year,
        changes=canonical_json(written.differences(plan)),
        plan_digest=plan.digest,
        note=note.strip()[:300],
        created_by_id=act.by.pk,
        created_at=act.at,
        **stamp.columns(),
    )
    audit.record(act, where=stamp, subject=f"plan:{version.number}", note={"digest": plan.digest})
    return version


@act
def adopt(act: Act, *, version_id: int, accepted: Sequence[tuple[str, str]] = ()) -> Adoption:
    """Put a version in force for its community and year, with the findings (code, subject) accepted one by one.

    Figures of one's own are put in force by somebody else. Raises NotPermitted, SamePerson, WarningsNotAccepted,
    VersionAdoptedAlready; PlanVersion.DoesNotExist.
    """
    version = PlanVersion.objects.get(pk=version_id)
    check_adopt(act, version.stamp)
    if by_oneself(version, authority(act), act.on):
        raise SamePerson(number=version.number, before=_("保存版本"), step=_("采用版本"))
    record = adoption_of(plan_of(version), accepted=accepted)
    known = {(finding.code, finding.subject) for finding in record.accepted}
    community_id = version.stamp.chain
    lock_name(LockSpace.ADOPTION, community_id)
    present = current_adoption(community_id, version.year, version.scheme)
    if present is not None and present.version_id == version.pk:
        raise VersionAdoptedAlready(number=version.number)
    adoption = Adoption.objects.create(
        version=version,
        community_id=community_id,
        year=version.year,
        scheme=version.scheme,
        replaces=present,
        accepted=canonical_json(sorted(known & set(accepted))),
        findings=canonical_json(record.accepted),
        adopted_by_id=act.by.pk,
        adopted_at=act.at,
    )
    audit.record(
        act,
        where=version.stamp,
        subject=f"plan:{version.number}",
        lines=[[finding.code, finding.subject, finding.arithmetic] for finding in record.accepted],
        note={"digest": record.plan_digest, "accepted": len(known & set(accepted))},
    )
    return adoption
