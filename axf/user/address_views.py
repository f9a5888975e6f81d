"""My addresses: the list, the form for a new and an old one, and the regions for its script."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from axf.core.errors import NotFound
from axf.delivery import areas
from axf.delivery import regions as china
from axf.errors import message_of
from axf.user import addresses as book
from axf.user.address_forms import AddressForm
from axf.user.auth import current_user, login_needed
from axf.web import public, redirect_back, safe_path

ONE_DAY = 24 * 3600


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/addresses/", view_func=addresses, methods=["GET"])
    bp.add_url_rule("/axf/addresses/new/", view_func=new_address, methods=["GET", "POST"])
    bp.add_url_rule("/axf/addresses/<int:address_id>/", view_func=edit_address, methods=["GET", "POST"])
    bp.add_url_rule("/axf/addresses/<int:address_id>/delete/", view_func=delete_address, methods=["POST"])
    bp.add_url_rule("/axf/addresses/<int:address_id>/default/", view_func=default_address, methods=["POST"])
    bp.add_url_rule("/axf/regions/", view_func=regions, methods=["GET"])


@login_needed
def addresses() -> str:
    """My addresses, the default first, and whether we deliver there."""
    mine = book.book_of(current_user().id)
    return render_template(
        "user/addresses.html",
        addresses=mine,
        served=areas.areas_of(each.district for each in mine),
        is_full=len(mine) >= book.MOST_ADDRESSES,
        back=safe_path(request.args.get("next")),
    )


@login_needed
def new_address() -> BaseResponse | str | tuple[str, int]:
    """Write a new address, by hand or from a pasted text."""
    form = AddressForm(next=safe_path(request.args.get("next")) or "")
    return _answer(form, lambda: book.add(current_user().id, **form.fields()))


@login_needed
def edit_address(address_id: int) -> BaseResponse | str | tuple[str, int]:
    """Change one of my addresses."""
    user_id = current_user().id
    address = book.get(user_id, address_id)
    form = AddressForm(next=safe_path(request.args.get("next")) or "")
    if not form.is_submitted():
        form.show(address)

    def save() -> int:
        book.change(user_id, address_id, **form.fields())
        return address_id

    return _answer(form, save, address)


@login_needed
def delete_address(address_id: int) -> BaseResponse:
    """Delete one of my addresses."""
    book.remove(current_user().id, address_id)
    return redirect_back(url_for("user.addresses"))


@login_needed
def default_address(address_id: int) -> BaseResponse:
    """Make one of my addresses the default."""
    book.make_default(current_user().id, address_id)
    return redirect_back(url_for("user.addresses"))


@public
def regions() -> Response:
    """Tell the provinces, or the cities or districts of the region ``of``."""
    of = request.args.get("of", "")
    found = (china.cities(of) or china.districts(of)) if of else china.provinces()
    if not found:
        raise NotFound
    response = jsonify(code="ok", msg="", regions=[{"code": each.code, "name": each.name} for each in found])
    response.cache_control.public = True
    response.cache_control.max_age = ONE_DAY
    return response


def _answer(
    form: AddressForm, save: Callable[[], int], address: book.AddressView | None = None
) -> BaseResponse | str | tuple[str, int]:
    """Show the form, take a step in it that saves nothing yet, or save it and go back."""
    step = request.form.get("step") if form.is_submitted() else "look"
    if step == "paste" and not form.take_paste():
        form.paste.errors = [_("We found no address in this. Please fill in the fields below.")]
    form.settle_region()
    if step in ("look", "paste", "region"):
        return _page(form, address), 200
    if not form.validate():
        return _page(form, address), 400
    try:
        address_id = save()
    except book.TooManyAddresses as refusal:
        form.form_errors.append(message_of(refusal))
        return _page(form, address), refusal.status
    return _go_back(form, address_id)


def _page(form: AddressForm, address: book.AddressView | None) -> str:
    district = form.district.data
    return render_template(
        "user/address.html",
        form=form,
        address=address,
        is_served=not district or areas.area_of(district) is not None,
        back=safe_path(form.next.data) or url_for("user.addresses"),
    )


def _go_back(form: AddressForm, address_id: int) -> BaseResponse:
    """Go to ``next``, which is told the address (checkout chooses it), else to the list with a word about it."""
    back, my_list = safe_path(form.next.data), url_for("user.addresses")
    if back and urlsplit(back).path != my_list:
        return redirect(_with_address(back, address_id), 303)
    if areas.area_of(form.district.data):
        flash(_("The address is saved."), "success")
    else:
        flash(_("The address is saved, but we do not deliver there yet."), "info")
    return redirect(back or my_list, 303)


def _with_address(path: str, address_id: int) -> str:
    parts = urlsplit(path)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "address"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("address", str(address_id))])))
