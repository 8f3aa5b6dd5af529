"""The certificate in Japanese: a paragraph whose every figure an auditor can compute again."""

from models.bounds import needed
from models.certificate import Certificate, Step


def paragraph(certificate: Certificate) -> str:
    """Return what is promised, on which counts it rests, and how to compute it again; or why nothing is."""
    parts = [_tested(certificate)]
    if certificate.threshold is None:
        parts += [_nothing(certificate)]
    else:
        step = next(s for s in reversed(certificate.steps) if s.threshold == certificate.threshold)
        parts += [_counts(certificate, step), _share(certificate, step), _yen(certificate, step)]
        parts += [_order(certificate), _novel(certificate)]
    return "".join(parts) + "\n"


def headline(certificate: Certificate) -> str:
    """Return one sentence: what may be cleared, or that nothing may."""
    if certificate.threshold is None:
        return "修正不要とできる行はない（誤りの割合の約束を確かめられなかった）"
    promise = certificate.promise
    standing = "（仮：今年の抽出で確かめる前）" if certificate.provisional else ""
    return (
        f"修正不要{standing}：修正確率{certificate.threshold:.4f}以下。{_percent(promise.confidence)}の確からしさで、"
        f"誤りは{_percent(promise.wrong_share)}以下"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _tested(certificate: Certificate) -> str:
    standing = "仮" if certificate.provisional else "今年の抽出で確認済み"
    source = (
        f"{certificate.tested_year}年度のリスト{certificate.rows:,}行のうち職員の判断が記録された"
        f"{certificate.labelled:,}行（判定器{certificate.model_id}の学習には使っていない）"
        if certificate.provisional
        else f"{certificate.tested_year}年度のリスト{certificate.rows:,}行から無作為に抽出した"
        f"{certificate.labelled:,}行（種{certificate.seed}、判定器{certificate.model_id}）"
    )
    return f"{certificate.tax_year}年度の「修正不要」の区分（{standing}）。{source}で確かめた。"


def _nothing(certificate: Certificate) -> str:
    promise = certificate.promise
    least = needed(promise.wrong_share, promise.confidence)
    if not certificate.steps:
        return (
            "確かめる行がないため、修正不要とできる行はない。"
            f"誤りが1行もない場合でも、修正不要の候補に{least:,}行の判断の記録が要る。"
        )
    first = certificate.steps[0]
    return (
        f"最も厳しい基準（修正確率{first.threshold:.6f}以下、{first.cleared:,}行）でも職員が"
        f"{first.wrong:,}行を修正しており、誤りが{_percent(promise.wrong_share)}を超えないとは"
        f"{_percent(promise.confidence)}の確からしさでは言えない"
        f"（p値{_p(max(first.p_share, first.p_yen))}）。"
        "したがって修正不要とできる行はなく、すべての行を職員が見る。"
        f"誤りが1行もない場合でも{least:,}行の判断の記録が要る。"
    )


def _counts(certificate: Certificate, step: Step) -> str:
    held = certificate.rows - certificate.may_clear
    return (
        f"修正確率{step.threshold:.6f}以下の行（リストの{_percent(certificate.cleared_share)}）を修正不要とする。"
        f"確かめた行のうちこれに当たるのは{step.cleared:,}行で、職員が修正したのはそのうち{step.wrong:,}行"
        f"（{_percent(step.wrong / max(1, step.cleared))}）である。"
        f"税額への影響が大きい候補のある行や、前例のない行など{held:,}行は、確率が低くても修正不要にしない。"
        f"修正確率が{_percent(certificate.promise.row_chance)}を超える行も、全体の誤りが少なくても修正不要にしない。"
    )


def _share(certificate: Certificate, step: Step) -> str:
    promise = certificate.promise
    bound, rest = promise.wrong_share, 1 - promise.wrong_share
    return (
        f"修正不要とした行の誤りの割合が本当は{_percent(bound)}を超えるなら、"
        f"{step.cleared:,}行のうち誤りが{step.wrong:,}行以下にとどまる確率は高くても "
        f"Σ[i=0…{step.wrong}] C({step.cleared},i)·{bound:g}^i·{rest:g}^({step.cleared}−i)"
        f" ＝ {_p(step.p_share)} で、{_percent(1 - promise.confidence)}以下である"
        f"（表計算ソフトでは =BINOM.DIST({step.wrong},{step.cleared},{bound:g},TRUE)）。"
    )


def _yen(certificate: Certificate, step: Step) -> str:
    promise = certificate.promise
    mean = step.missed_yen / max(1, step.cleared)
    return (
        f"誤りのあった行の税額の増減の絶対値は、1行{promise.clip_yen:,}円で打ち切って計{step.missed_yen:,}円、"
        f"修正不要とした行1行あたり平均{mean:,.0f}円である。この平均が本当は{promise.mean_yen:,}円を超えるなら、"
        f"ここまで小さくなる確率は高くても{_p(step.p_yen)}である（Hoeffding–Bentkusの不等式）。"
    )


def _order(certificate: Certificate) -> str:
    passed = sum(step.passes(certificate.promise) for step in certificate.steps)
    return (
        f"基準は判断の記録を見る前に修正確率だけから決め、厳しいものから順に{len(certificate.steps)}段を試し、"
        f"{passed}段目までが通った。最初に通らない段で止めるので、順に試しても確からしさは下がらない。"
    )


def _novel(certificate: Certificate) -> str:
    if certificate.provisional:
        return (
            "前年の実績による仮の区分であり、今年のリストから無作為に抽出した行で"
            "確かめるまで、一括で完了にしてはならない。"
        )
    limit = certificate.novel_threshold
    if limit is None:
        return "前例のない行は、抽出した行だけでは確かめられないため、修正不要にしない。"
    step = next(s for s in certificate.novel if s.threshold == limit)
    counts = f"修正確率{limit:.6f}以下の{step.cleared:,}行中の誤り{step.wrong:,}行"
    return f"前例のない行も{counts}（p値{_p(max(step.p_share, step.p_yen))}）で同じ約束を確かめた。"


def _p(value: float) -> str:
    return f"{value:.2g}" if value >= 1e-4 else "0.0001未満"
