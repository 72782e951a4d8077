"""The words of a clinic's TOML."""

from clinicweb.clinic.section import Section
from clinicweb.core.text import noted


class Labels(Section):
    """Words on buttons and fields that differ from clinic to clinic; Spanish, translated later."""

    sign_in: str = noted("Iniciar sesión")
    sign_out: str = noted("Cerrar sesión")
    identifier: str = noted("RUT o nombre de usuario")
    password: str = noted("Contraseña")
    welcome: str = ""  # S1-13: said to whoever has just come in
    recover_user: str = noted("Recuperar Usuario")
    recover_password: str = noted("Recuperar contraseña")
    resend_activation: str = noted("Reenviar activación")
    options: str = noted("Opciones")
    reactivate: str = noted("Reactivar cuenta")
    reactivate_button: str = noted("Recuperar cuenta")
    recovery_identifier: str = noted("RUT, usuario o correo electrónico")
    change_password: str = noted("Cambiar contraseña")
    menu: str = ""
    profile: str = noted("Mi perfil")
    own_data: str = noted("Mis datos")
    register_link: str = noted("Crear cuenta")
    register_button: str = noted("Registro")
    validate_button: str = noted("Validar")
    document: str = noted("Número de documento")
    full_name: str = noted("Nombre y apellido")
    email: str = noted("Correo electrónico")
    phone: str = noted("Teléfono")
    username: str = noted("Usuario")
    new_password: str = noted("Contraseña")
    repeat_password: str = noted("Repita la contraseña")
    new_appointment: str = noted("Reservar una nueva hora haciendo click aquí")
    service: str = noted("Especialidad")
    practitioner: str = noted("Profesional")
    day: str = noted("Fecha deseada")
    agreement: str = noted("Convenio")
    continue_booking: str = noted("Continuar con la reserva")
    confirm_booking: str = noted("Confirmar Reserva")
    back_home: str = noted("Volver al inicio")
    release: str = noted("Liberar")
    appointments_module: str = ""
    booked: str = noted("Su hora ha sido reservada de forma correcta")
    accept_agreement: str = noted("Aceptar")
    next_slide: str = noted("Siguiente")
    end_slides: str = noted("Comenzar")
    start_booking: str = noted("Nueva cita")
    medicine: str = noted("Medicina")
    in_person: str = noted("Presencial")
    virtual: str = noted("Virtual")
    consultations: str = noted("Medicina especializada (consultas)")
    procedures: str = noted("Imagen diagnóstica")
    by_doctor: str = noted("Por médico")
    by_specialty: str = noted("Por especialidad")
    by_procedure: str = noted("Por procedimiento")
    several: str = noted("Varias citas")
    see_agenda: str = noted("Ver agenda")
    read_recommendations: str = noted("Siguiente")
